using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Avs.Libtorch;

/// <summary>What libtorch needs to be told before its first operator.</summary>
public static class Startup
{
    /// <summary>Prepares libtorch, the first time that it is called.</summary>
    public static void Prepare()
    {
        const string done = "Avs.Libtorch.Startup";
        if (AppContext.GetData(done) is not null)
            return;
        AppContext.SetData(done, true);
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return;
        var library = NativeLibrary.Load("torch_cpu", typeof(TorchSharp.torch).Assembly, null);
        // NNPACK does not know this processor and says so at every convolution.
        Setting(library, "_ZN2at7Context20setUserEnabledNNPACKEb", false);
        Setting(library, "_ZN2at7Context16setFlushDenormalEb", true);
        MatrixProducts.UseAvx512(library);
        if (CachesAreHidden() && !TellCaches())
            Setting(library, "_ZN2at7Context20setUserEnabledMkldnnEb", false);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)] private delegate nint Getter();
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)] private delegate byte Setter(nint self, byte value);

    private static void Setting(nint library, string symbol, bool value)
    {
        if (!NativeLibrary.TryGetExport(library, "_ZN2at13globalContextEv", out var context) || !NativeLibrary.TryGetExport(library, symbol, out var setter))
            return;
        Marshal.GetDelegateForFunctionPointer<Setter>(setter)(Marshal.GetDelegateForFunctionPointer<Getter>(context)(), value ? (byte)1 : (byte)0);
    }

    // Leaf 8000001D of an AMD processor names its caches; some hypervisors answer zeros.
    private static bool CachesAreHidden()
    {
        if (!X86Base.IsSupported)
            return false;
        var (_, b, c, d) = X86Base.CpuId(0, 0);
        var vendor = Encoding.ASCII.GetString([.. BitConverter.GetBytes(b), .. BitConverter.GetBytes(d), .. BitConverter.GetBytes(c)]);
        return vendor == "AuthenticAMD" && X86Base.CpuId(unchecked((int)0x8000001D), 0) == (0, 0, 0, 0);
    }

    // oneDNN then takes each cache for one byte large: its planning divides by zero, and a reorder leaves padding uninitialised. Its answer is replaced by
    // that of leaves 80000005 and 80000006.
    private static bool TellCaches()
    {
        var line = File.ReadLines("/proc/self/maps").FirstOrDefault(line => line.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal));
        if (line is null)
            return false;
        var origin = nint.Parse(line[..line.IndexOf('-')], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var path = line[line.IndexOf('/')..];
        var found = Symbols(path, ["_ZN4dnnl4impl3cpu3x643cpuEv", "_ZZN4dnnl4impl3cpu3x643cpuEvE4cpu_"]);
        if (found is not [> 0, > 0])
            return false;
        var cpu = Marshal.GetDelegateForFunctionPointer<Getter>(origin + (nint)found[0])(); // the first call fills it in
        if (cpu != origin + (nint)found[1])
            return false;
        const int sizes = 7, sharing = 17, levels = 27; // Xbyak::util::Cpu in words: type (4), cores (3), sizes of 10 levels, their sharers, levels
        int Word(int index) => Marshal.ReadInt32(cpu, 4 * index);
        if (Word(levels) is not 3 || Word(sizes) > 1024 || Word(sizes + 3) != 0 || Word(sharing) is not 1)
            return false;
        var (_, _, l1, _) = X86Base.CpuId(unchecked((int)0x80000005), 0);
        var (_, _, l2, l3) = X86Base.CpuId(unchecked((int)0x80000006), 0);
        int[] bytes = [(l1 >>> 24) << 10, (l2 >>> 16) << 10, Math.Min(l3 >>> 18, 64) * (512 << 10)];
        int[] least = [32 << 10, 512 << 10, 1 << 20];
        for (var level = 0; level < 3; level++)
            Marshal.WriteInt32(cpu, 4 * (sizes + level), Math.Max(bytes[level], least[level]));
        Marshal.WriteInt32(cpu, 4 * (sharing + 2), 2);
        return true;
    }

    // The addresses of local symbols: the dynamic linker does not tell them, the file's own table does.
    private static long[] Symbols(string path, string[] names)
    {
        using var file = File.OpenHandle(path);
        byte[] Read(long offset, long length)
        {
            var bytes = new byte[length];
            RandomAccess.Read(file, bytes, offset);
            return bytes;
        }

        var header = Read(0, 64);
        long table = BitConverter.ToInt64(header, 0x28);
        int size = BitConverter.ToInt16(header, 0x3A), count = BitConverter.ToInt16(header, 0x3C);
        var sections = Read(table, (long)size * count);
        var values = new long[names.Length];
        for (var i = 0; i < count; i++)
        {
            if (BitConverter.ToInt32(sections, i * size + 4) != 2) // SHT_SYMTAB
                continue;
            var text = (int)BitConverter.ToInt32(sections, i * size + 40) * size;
            var strings = Read(BitConverter.ToInt64(sections, text + 24), BitConverter.ToInt64(sections, text + 32)).AsSpan();
            var offsets = new uint[names.Length];
            for (var n = 0; n < names.Length; n++)
                offsets[n] = (uint)(strings.IndexOf(Encoding.ASCII.GetBytes($"\0{names[n]}\0")) + 1);
            var symbols = MemoryMarshal.Cast<byte, ulong>(Read(BitConverter.ToInt64(sections, i * size + 24), BitConverter.ToInt64(sections, i * size + 32)));
            for (var s = 0; s + 2 < symbols.Length; s += 3)
            {
                var n = Array.IndexOf(offsets, (uint)symbols[s]);
                if (n >= 0 && offsets[n] > 0)
                    values[n] = (long)symbols[s + 1];
            }
        }

        return values;
    }
}
