using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Avs.Core.Libtorch;

/// <summary>
/// The processor's caches, as oneDNN knows them.
/// <para>
/// What is wrong: CPUID leaf 8000001D of an AMD processor describes its caches, and some hypervisors answer zeros. The Xbyak in libtorch
/// 2.10's oneDNN takes that not for "unknown" but for three caches of one byte each. It then plans the gradients of convolutions' inputs
/// wrongly: a division by zero ends the process (1x1, stride 2, 1,024 channels), and 3x3, 5x5 and 7x7 convolutions to 1, 3 or 8 channels
/// give wrong numbers or NaN, without a word.
/// </para><para>
/// The way round: the number of caches in oneDNN's object becomes 0. Newer versions of Xbyak answer that in this case, and oneDNN then
/// assumes 32 KB, 512 KB and 1 MB a core. Intel's processors describe their caches in leaf 4, and an empty one is understood.
/// </para><para>It can go when ConvolutionGradientTests passes without it on such a machine.</para>
/// </summary>
internal static class OneDnnCaches
{
    // Xbyak::util::Cpu, in words of 4 bytes: what it can do (4), its cores (3), sizes of ten caches, how many cores share each, how many
    // caches there are.
    private const int Sizes = 7, Count = 27;

    // The official libtorch-cpu 2.10.0 for Linux. Both symbols are local, and reading the file's table of symbols takes half a second and
    // 94 MB.
    internal const string KnownBuild = "e59a73f8ca02c19463bd923dc568ce765b2a1106";
    private const nint KnownFunction = 0xf89b1a0, KnownObject = 0x1585b180;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Getter();

    /// <summary>Whether this machine hides them.</summary>
    public static bool AreHidden
    {
        get
        {
            if (!X86Base.IsSupported)
                return false;
            var (_, b, c, d) = X86Base.CpuId(0, 0);
            var vendor = Encoding.ASCII.GetString([.. BitConverter.GetBytes(b), .. BitConverter.GetBytes(d), .. BitConverter.GetBytes(c)]);
            return vendor == "AuthenticAMD" && X86Base.CpuId(unchecked((int)0x8000001D), 0) == (0, 0, 0, 0);
        }
    }

    /// <summary>Makes oneDNN assume common sizes.</summary>
    /// <returns>Whether its object was found and held what was expected; otherwise nothing has been changed.</returns>
    public static bool Correct() =>
        LoadedLibrary.Find("libtorch_cpu.so") is { } library && Addresses(library) is [not 0, not 0] and var found
        && Marshal.GetDelegateForFunctionPointer<Getter>(found[0])() == found[1] && Correct(found[1]);

    /// <summary>
    /// Where dnnl::impl::cpu::x64::cpu() is, and the object that it fills at its first call and returns; 0 where they are not to be found.
    /// </summary>
    internal static nint[] Addresses(LoadedLibrary library) => library.BuildId == KnownBuild
        ? [library.Origin + KnownFunction, library.Origin + KnownObject]
        : library.Addresses("_ZN4dnnl4impl3cpu3x643cpuEv", "_ZZN4dnnl4impl3cpu3x643cpuEvE4cpu_");

    internal static bool Correct(nint cpu)
    {
        int Word(int index) => Marshal.ReadInt32(cpu, 4 * index);
        if (Word(Count) == 0)
            return true;
        if (Word(Count) != 3 || Enumerable.Range(Sizes, 3).Any(index => Word(index) != 1) || Word(Sizes + 3) != 0)
            return false;
        Marshal.WriteInt32(cpu, 4 * Count, 0);
        return true;
    }
}
