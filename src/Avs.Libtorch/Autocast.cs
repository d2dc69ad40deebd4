using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace Avs.Libtorch;

/// <summary>
/// While it lives, this thread computes convolutions and matrix products on a kind of device in bfloat16 (PyTorch's <c>torch.autocast</c>), or, where it was
/// made to, no longer does. TorchSharp 0.107 has no autocast; libtorch exports it.
/// </summary>
public sealed class Autocast : IDisposable
{
    private readonly DeviceType device;
    private readonly bool before;

    /// <param name="device">CPU or CUDA.</param>
    /// <param name="enabled">Whether to turn it on, or off.</param>
    public Autocast(DeviceType device, bool enabled = true)
    {
        (this.device, before) = (device, IsEnabled(device));
        Set(enabled);
    }

    /// <summary>Whether this processor multiplies bfloat16 itself: without AVX512_BF16, libtorch is many times slower in it than in float32.</summary>
    public static bool SuitsProcessor { get; } = Avx512F.IsSupported && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0;

    /// <summary>Whether it is on, on this thread.</summary>
    public static bool IsEnabled(DeviceType device) => Symbols.is_autocast_enabled((sbyte)device) != 0;

    /// <summary>Restores what was before, on this thread.</summary>
    public void Dispose() => Set(before);

    private void Set(bool on)
    {
        Symbols.set_autocast_dtype((sbyte)device, (sbyte)torch.ScalarType.BFloat16);
        Symbols.set_autocast_enabled((sbyte)device, on ? (byte)1 : (byte)0);
        // Casts of weights are not kept: one made where gradients are off would be handed out where they are on, and the weight would learn nothing.
        Symbols.set_autocast_cache_enabled(on ? (byte)0 : (byte)1);
    }

    private static class Symbols
    {
        private const string Library = "torch_cpu";

        [DllImport(Library, EntryPoint = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE")]
        public static extern byte is_autocast_enabled(sbyte device);

        [DllImport(Library, EntryPoint = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb")]
        public static extern void set_autocast_enabled(sbyte device, byte on);

        [DllImport(Library, EntryPoint = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE")]
        public static extern void set_autocast_dtype(sbyte device, sbyte type);

        [DllImport(Library, EntryPoint = "_ZN2at8autocast26set_autocast_cache_enabledEb")]
        public static extern void set_autocast_cache_enabled(byte on);
    }
}
