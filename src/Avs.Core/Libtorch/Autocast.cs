using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace Avs.Core.Libtorch;

/// <summary>
/// While it lives, this thread computes convolutions and matrix products on a kind of device in bfloat16 (PyTorch's
/// <c>torch.autocast</c>), or, where it was made to, no longer does. TorchSharp 0.107 has no autocast; libtorch exports it. The state
/// is the thread's own: a function whose backward computes again notes <see cref="IsEnabled"/> in forward and makes an Autocast of it.
/// </summary>
/// <remarks>Nested ones end in the reverse order, as <c>using</c> ends them; each restores what it found.</remarks>
public sealed class Autocast : IDisposable
{
    private readonly DeviceType device;
    private readonly State before;

    /// <param name="device">CPU or CUDA.</param>
    /// <param name="enabled">Whether to turn it on, or off.</param>
    public Autocast(DeviceType device, bool enabled = true)
    {
        if (device is not (DeviceType.CPU or DeviceType.CUDA))
            // in C++ it would end the process
            throw new ArgumentException($"autocast is for CPU and CUDA, not for {device}", nameof(device));
        this.device = device;
        var kind = (sbyte)device;
        before = new(Symbols.is_autocast_enabled(kind), Symbols.get_autocast_dtype(kind), Symbols.is_autocast_cache_enabled());
        // Casts of weights are not kept: one made where gradients are off, as in a function that computes its own, would be handed out
        // where they are on, and the weight would learn nothing.
        Set(new(enabled ? (byte)1 : (byte)0, (sbyte)torch.ScalarType.BFloat16, 0));
    }

    /// <summary>
    /// Whether this processor multiplies bfloat16 itself: without AVX512_BF16 libtorch is many times slower than in float32.
    /// </summary>
    public static bool SuitsProcessor { get; } = Avx512F.IsSupported && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    /// <summary>Whether it is on, on this thread.</summary>
    public static bool IsEnabled(DeviceType device) =>
        device is DeviceType.CPU or DeviceType.CUDA && Symbols.is_autocast_enabled((sbyte)device) != 0;

    /// <summary>What autocast computed, in float32; anything else as it is.</summary>
    public static torch.Tensor Widened(torch.Tensor x) => x.dtype == torch.ScalarType.BFloat16 ? x.to(torch.ScalarType.Float32) : x;

    /// <summary>Restores what was before, on this thread.</summary>
    public void Dispose() => Set(before);

    private void Set(State state)
    {
        Symbols.set_autocast_dtype((sbyte)device, state.Type);
        Symbols.set_autocast_enabled((sbyte)device, state.Enabled);
        Symbols.set_autocast_cache_enabled(state.Keeps);
    }

    // What libtorch remembers for a thread; whether casts are kept is for all its devices.
    private readonly record struct State(byte Enabled, sbyte Type, byte Keeps);

    // c10::DeviceType and c10::ScalarType are enums of one signed byte, numbered as TorchSharp numbers its own (tested).
    private static class Symbols
    {
        private const string Library = "torch_cpu";

        [DllImport(Library, EntryPoint = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE")]
        public static extern byte is_autocast_enabled(sbyte device);

        [DllImport(Library, EntryPoint = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb")]
        public static extern void set_autocast_enabled(sbyte device, byte on);

        [DllImport(Library, EntryPoint = "_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE")]
        public static extern sbyte get_autocast_dtype(sbyte device);

        [DllImport(Library, EntryPoint = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE")]
        public static extern void set_autocast_dtype(sbyte device, sbyte type);

        [DllImport(Library, EntryPoint = "_ZN2at8autocast25is_autocast_cache_enabledEv")]
        public static extern byte is_autocast_cache_enabled();

        [DllImport(Library, EntryPoint = "_ZN2at8autocast26set_autocast_cache_enabledEb")]
        public static extern void set_autocast_cache_enabled(byte on);
    }
}
