using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Avs.Core.Libtorch;

/// <summary>Which of its kernels MKL takes for matrix products.</summary>
internal static class MatrixProducts
{
    /// <summary>
    /// MKL looks at the processor's vendor before its features, and gives AMD processors with AVX-512 the kernels for AVX2, at half the
    /// speed. The answer is kept in a variable; where it is there before MKL asks, the processor's feature bits decide, as for everyone
    /// else. Can go when libtorch comes with an MKL that does so itself, or without MKL.
    /// </summary>
    public static void UseAvx512()
    {
        if (!Avx512F.IsSupported || !Avx512BW.IsSupported || !Avx512CD.IsSupported || !Avx512DQ.IsSupported || !Avx512F.VL.IsSupported)
            return;
        if (!NativeLibrary.TryGetExport(Switches.Libtorch, "mkl_serv_intel_cpu_true", out var asks))
            return;
        // mov eax, [rip + offset] · test eax, eax · js …: what is not negative is returned.
        var code = new byte[9];
        Marshal.Copy(asks, code, 0, code.Length);
        if (code is not [0x8B, 0x05, _, _, _, _, 0x85, 0xC0, 0x78])
            return;
        var answer = asks + 6 + BitConverter.ToInt32(code, 2);
        if (Marshal.ReadInt32(answer) == -1) // not asked yet
            Marshal.WriteInt32(answer, 1);
    }
}
