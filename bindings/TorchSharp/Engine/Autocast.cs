using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Engine;

/// <summary>
/// While it lives, this thread computes convolutions and matrix products on a kind of device in bfloat16 (PyTorch's torch.autocast), or, where it was made to, no
/// longer does. TorchSharp has no such thing; src/ reaches it through one file. A function that computes its own gradients does so as its forward ran.
/// </summary>
public sealed class Autocast : IDisposable
{
    private readonly DeviceType _device;
    private readonly bool _before;

    /// <summary>Turns it on or off.</summary>
    /// <param name="device">CPU or CUDA.</param>
    /// <param name="enabled">Whether on.</param>
    /// <exception cref="ExternalException">The device is of another kind.</exception>
    public Autocast(DeviceType device, bool enabled = true)
    {
        (_device, _before) = (device, IsEnabled(device));
        Native.Check(Native.avs_set_autocast((int)device, enabled ? 1 : 0));
    }

    /// <summary>Whether this processor multiplies bfloat16 itself: without AVX512_BF16, libtorch is many times slower in it than in float32.</summary>
    public static bool SuitsProcessor { get; } = Avx512F.IsSupported && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    /// <summary>Whether it is on, on this thread.</summary>
    public static bool IsEnabled(DeviceType device) => Native.avs_autocast((int)device) != 0;

    /// <summary>Restores what was before, on this thread.</summary>
    public void Dispose() => Native.Check(Native.avs_set_autocast((int)_device, _before ? 1 : 0));

    /// <summary>
    /// A bfloat16 tensor in float32 under autocast; null elsewhere, where the tensor is to be taken as it is. Asked for by the functions that PyTorch's own policy
    /// leaves in bfloat16, or refuses, where float32 is right or faster.
    /// </summary>
    internal static torch.Tensor? InFloat32(torch.Tensor tensor) =>
        tensor.dtype == torch.ScalarType.BFloat16 && IsEnabled(tensor.device_type) ? tensor.to(torch.ScalarType.Float32) : null;
}
