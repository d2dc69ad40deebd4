using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Core.Libtorch;

/// <summary>What of Adam's settings a step depends on.</summary>
/// <param name="Decoupled">Whether the decay shrinks the weights themselves (AdamW) or is added to the gradient (Adam).</param>
public readonly record struct AdamSettings(double Rate, double Beta1, double Beta2, double Epsilon, double WeightDecay, bool Decoupled);

/// <summary>A parameter, its gradient, and Adam's running means of the gradient and of its square.</summary>
public readonly record struct AdamEntry(Tensor Parameter, Tensor Gradient, Tensor Mean, Tensor SquareMean);

/// <summary>
/// Adam as libtorch's fused operator computes it: one pass over a parameter's memory for all of a step, and one call for all parameters.
/// TorchSharp's optimizers make some ten passes and ten tensors. libtorch exports the operator; TorchSharp 0.107 does not.
/// </summary>
public static class FusedAdam
{
    /// <summary>Whether the operator takes a tensor: float32 in the CPU's memory, without gaps. It does not look itself.</summary>
    public static bool Takes(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32 && tensor.is_contiguous();

    /// <summary>Moves parameters by one step, and their running means.</summary>
    /// <param name="step">How many steps these have taken, this one included.</param>
    /// <exception cref="ArgumentException">A tensor is not one that the operator takes, or those of an entry differ in size.</exception>
    public static void Move(IReadOnlyList<AdamEntry> entries, long step, AdamSettings settings)
    {
        foreach (var (parameter, gradient, mean, squareMean) in entries)
        {
            foreach (var tensor in (Tensor[])[parameter, gradient, mean, squareMean])
            {
                if (!Takes(tensor) || tensor.numel() != parameter.numel())
                    throw new ArgumentException($"expected contiguous float32 CPU tensors of one size, got {tensor}", nameof(entries));
            }
        }
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var count = tensor((float)step);
        using TensorList parameters = new(entries, entry => entry.Parameter), gradients = new(entries, entry => entry.Gradient),
            means = new(entries, entry => entry.Mean), squareMeans = new(entries, entry => entry.SquareMean),
            largest = new([], entry => entry.Parameter), steps = new(entries, _ => count);
        var none = default(Optional);
        var (rate, beta1, beta2, eps, decay, decoupled) = settings;
        if (decoupled)
            Symbols.fused_adamw(
                parameters, gradients, means, squareMeans, largest, steps, rate, beta1, beta2, decay, eps, 0, 0, none, none);
        else
            Symbols.fused_adam(
                parameters, gradients, means, squareMeans, largest, steps, rate, beta1, beta2, decay, eps, 0, 0, none, none);
        GC.KeepAlive(entries);
    }

    /// <summary>at::Tensor is one pointer to what it refers to; TorchSharp's handle points to an at::Tensor.</summary>
    private sealed class TensorList : IDisposable
    {
        private readonly nint memory;
        private readonly int count;

        public TensorList(IReadOnlyList<AdamEntry> entries, Func<AdamEntry, Tensor> part)
        {
            count = entries.Count;
            memory = Marshal.AllocHGlobal(Math.Max(count, 1) * nint.Size);
            for (var i = 0; i < count; i++)
                Marshal.WriteIntPtr(memory, i * nint.Size, Marshal.ReadIntPtr(part(entries[i]).Handle));
        }

        public static implicit operator ArrayRef(TensorList list) => new(list.memory, list.count);

        public void Dispose() => Marshal.FreeHGlobal(memory);
    }

    // c10::ArrayRef<at::Tensor>, passed by value.
    private readonly record struct ArrayRef(nint First, nint Count);

    // std::optional<at::Tensor> without a value.
    private readonly record struct Optional(nint Value, nint HasValue);

    private static class Symbols
    {
        private const string Library = "torch_cpu";
        private const string Arguments = "4callEN3c108ArrayRefINS_6TensorEEES5_S5_S5_S5_S5_dddddbbRKSt8optionalIS4_ES9_";

        [DllImport(Library, EntryPoint = "_ZN2at4_ops12_fused_adam_" + Arguments)]
        public static extern void fused_adam(
            ArrayRef parameters, ArrayRef gradients, ArrayRef means, ArrayRef squareMeans, ArrayRef largestSquareMeans, ArrayRef steps,
            double rate, double beta1, double beta2, double weightDecay, double eps, byte amsgrad, byte maximize,
            in Optional gradScale, in Optional foundInf);

        [DllImport(Library, EntryPoint = "_ZN2at4_ops13_fused_adamw_" + Arguments)]
        public static extern void fused_adamw(
            ArrayRef parameters, ArrayRef gradients, ArrayRef means, ArrayRef squareMeans, ArrayRef largestSquareMeans, ArrayRef steps,
            double rate, double beta1, double beta2, double weightDecay, double eps, byte amsgrad, byte maximize,
            in Optional gradScale, in Optional foundInf);
    }
}
