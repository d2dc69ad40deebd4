using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static global::TorchSharp.torch;

namespace Avs.Core.Tests.Libtorch;

/// <summary>What MKL makes of the processor.</summary>
public sealed class MatrixProductsTests
{
    // MKL's numbers of its sets of kernels: 5 is AVX2's, 7 AVX-512's; without the switch an AMD processor gets 0, those for any.
    private const int OfAvx2 = 5;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)] private delegate int Question();

    // Where this fails, MKL's function is another one than MatrixProducts.cs knows; where it holds without that file, the file can go.
    [Fact]
    public void A_processor_with_AVX_512_gets_kernels_of_it()
    {
        if (!Avx512BW.VL.IsSupported)
            return;
        using var product = ones(8, 8).mm(ones(8, 8)); // the first one chooses
        var library = NativeLibrary.Load("torch_cpu", typeof(global::TorchSharp.torch).Assembly, null);
        var kernels = Marshal.GetDelegateForFunctionPointer<Question>(NativeLibrary.GetExport(library, "mkl_serv_cpu_detect"))();
        Assert.True(kernels > OfAvx2, $"MKL's kernels are set {kernels}");
    }
}
