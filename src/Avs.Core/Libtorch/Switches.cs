using System.Runtime.InteropServices;

namespace Avs.Core.Libtorch;

/// <summary>
/// Switches of libtorch that TorchSharp 0.107 lacks, or has as functions that throw NotImplementedException. libtorch exports them (members
/// of <c>at::Context</c>), under the names that GCC gives them on Linux. They can go where TorchSharp has its own.
/// </summary>
public static class Switches
{
    /// <summary>
    /// From now on this thread treats numbers below 1e-38 as 0, as torch.set_flush_denormal(True) does: they are computed in microcode, a
    /// hundred times slower, and mean nothing here. Each thread that trains needs it.
    /// </summary>
    public static void FlushDenormals() => Symbols.setFlushDenormal(Symbols.globalContext(), 1);

    /// <summary>libtorch_cpu, loaded, for what it exports.</summary>
    internal static nint Libtorch => NativeLibrary.Load("torch_cpu", typeof(TorchSharp.torch).Assembly, null);

    internal static void UseNnpack(bool on) => Symbols.setUserEnabledNNPACK(Symbols.globalContext(), on ? (byte)1 : (byte)0);

    internal static void UseOneDnn(bool on) => Symbols.setUserEnabledMkldnn(Symbols.globalContext(), on ? (byte)1 : (byte)0);

    private static class Symbols
    {
        private const string Library = "torch_cpu";

        [DllImport(Library, EntryPoint = "_ZN2at13globalContextEv")]
        public static extern nint globalContext();

        [DllImport(Library, EntryPoint = "_ZN2at7Context16setFlushDenormalEb")]
        public static extern byte setFlushDenormal(nint context, byte on);

        [DllImport(Library, EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
        public static extern void setUserEnabledNNPACK(nint context, byte on);

        [DllImport(Library, EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb")]
        public static extern void setUserEnabledMkldnn(nint context, byte on);
    }
}
