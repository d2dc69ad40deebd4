using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: InternalsVisibleTo("Avs.Bindings.Tests")]
[assembly: DisableRuntimeMarshalling]

namespace TorchSharp;

/// <summary>A value as it crosses the boundary: the native side's <c>AvsValue</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeValue(int tag, int length, long bits)
{
    internal readonly int Tag = tag;
    internal readonly int Length = length;
    internal readonly long Bits = bits;
}

/// <summary>The functions of libavs_torch.so. Each returns a status or cannot fail: no C++ exception crosses the boundary.</summary>
internal static unsafe partial class Native
{
    private const string Library = "avs_torch";

    static Native()
    {
        NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);
        avs_start();
    }

    /// <summary>Throws libtorch's message when a call has failed.</summary>
    internal static void Check(int status)
    {
        if (status != 0)
            Throw();
    }

    private static void Throw() => throw new ExternalException(Marshal.PtrToStringUTF8(avs_last_error()) ?? "an error without a message");

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
            return 0;
        var file = Path.Combine(AppContext.BaseDirectory, "libavs_torch.so");
        if (!File.Exists(file))
            file = Path.Combine(Path.GetDirectoryName(assembly.Location) ?? "", "libavs_torch.so");
        if (!File.Exists(file))
            throw new DllNotFoundException("libavs_torch.so is not beside the program: build it with ./avs build");
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException reason)
        {
            throw new DllNotFoundException(
                $"libavs_torch.so does not fit this machine's libtorch (1.13 or newer is needed): build it again with ./avs build ({reason.Message})");
        }
    }

    [LibraryImport(Library)]
    internal static partial void avs_start();

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial IntPtr avs_last_error();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial IntPtr avs_op_find(string name, string overload);

    [LibraryImport(Library)]
    internal static partial int avs_op_call_one(IntPtr op, NativeValue* args, int count, out IntPtr tensor, out long largeBytes);

    [LibraryImport(Library)]
    internal static partial int avs_op_run(IntPtr op, NativeValue* args, int count);

    [LibraryImport(Library)]
    internal static partial int avs_op_call(IntPtr op, NativeValue* args, int count, out NativeValue* results, out int resultCount);

    [LibraryImport(Library)]
    internal static partial void avs_tensor_free(IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int avs_generator_new(int device, int index, ulong seed, out IntPtr generator);

    [LibraryImport(Library)]
    internal static partial int avs_generator_default(int device, int index, out IntPtr generator);

    [LibraryImport(Library)]
    internal static partial void avs_generator_free(IntPtr generator);

    [LibraryImport(Library)]
    internal static partial int avs_generator_seed(IntPtr generator, ulong seed);

    [LibraryImport(Library)]
    internal static partial int avs_generator_initial_seed(IntPtr generator, out ulong seed);

    [LibraryImport(Library)]
    internal static partial int avs_generator_state(IntPtr generator, out IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int avs_generator_set_state(IntPtr generator, IntPtr tensor);
}
