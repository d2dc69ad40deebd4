using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Avs.Core.Libtorch;

/// <summary>One run of an operator of libtorch.</summary>
/// <param name="Name">Such as <c>aten::mm</c>.</param>
/// <param name="Id">Of this run, its own within a trace.</param>
/// <param name="Caller">The <see cref="Id"/> of its caller, which may be a thread.</param>
/// <param name="Inputs">The shape of each argument; empty where it is no tensor.</param>
/// <param name="Results">The shape of each result.</param>
/// <param name="Values">The arguments that are no tensors, as JSON.</param>
public sealed record TracedOperator(
    string Name, long Id, long Caller, IReadOnlyList<long[]> Inputs, IReadOnlyList<long[]> Results, IReadOnlyList<string> Values);

/// <summary>
/// Which operators libtorch runs and on what, forward and backward, on all threads: its own execution trace (Python's
/// <c>torch.profiler.ExecutionTraceObserver</c>), which TorchSharp 0.107 has no way to. One at a time.
/// </summary>
public static class OperatorTrace
{
    private static readonly Lock OneAtATime = new();

    /// <summary>Runs something and returns the operators that ran.</summary>
    /// <param name="wanted">Which operators to return, by name.</param>
    /// <returns>In the order in which they ended; null on other systems than Linux, where its functions have other names.</returns>
    public static IReadOnlyList<TracedOperator>? Run(Action body, Func<string, bool> wanted)
    {
        if (!OperatingSystem.IsLinux())
        {
            body();
            return null;
        }
        var folder = Directory.CreateTempSubdirectory("avs-trace-");
        try
        {
            var path = Path.Combine(folder.FullName, "trace.json");
            lock (OneAtATime)
                Record(body, path);
            return Read(path, wanted);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Record(Action body, string path)
    {
        // It logs that it begins and ends as warnings. FLAGS_caffe2_log_level is an int, 2 lets errors alone through.
        var level = NativeLibrary.GetExport(NativeLibrary.Load("c10", typeof(OperatorTrace).Assembly, null), "FLAGS_caffe2_log_level");
        var before = Marshal.ReadInt32(level);
        Marshal.WriteInt32(level, 2);
        try
        {
            if (Add(path) == 0)
                throw new IOException($"{path}: libtorch cannot write there");
            try
            {
                Symbols.enableExecutionTraceObserver();
                body();
            }
            finally
            {
                Symbols.removeExecutionTraceObserver(); // disables it, and ends the file
            }
        }
        finally
        {
            Marshal.WriteInt32(level, before);
        }
    }

    private static byte Add(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path + '\0');
        var pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            return Symbols.addExecutionTraceObserver(new(pinned.AddrOfPinnedObject(), bytes.Length - 1, bytes.Length - 1, 0));
        }
        finally
        {
            pinned.Free();
        }
    }

    private static List<TracedOperator> Read(string path, Func<string, bool> wanted)
    {
        using var file = File.OpenRead(path);
        using var trace = JsonDocument.Parse(file);
        List<TracedOperator> found = [];
        foreach (var node in trace.RootElement.GetProperty("nodes").EnumerateArray())
        {
            var name = node.GetProperty("name").GetString()!;
            if (!wanted(name))
                continue;
            var inputs = node.GetProperty("inputs");
            var (id, caller) = (node.GetProperty("id").GetInt64(), node.GetProperty("ctrl_deps").GetInt64());
            found.Add(new TracedOperator(name, id, caller, Shapes(inputs), Shapes(node.GetProperty("outputs")),
                [.. inputs.GetProperty("values").EnumerateArray().Select(value => value.GetRawText())]));
        }
        return found;
    }

    private static IReadOnlyList<long[]> Shapes(JsonElement tensors) =>
        [.. tensors.GetProperty("shapes").EnumerateArray().Select(shape =>
            shape.EnumerateArray().All(side => side.ValueKind == JsonValueKind.Number)
            ? shape.EnumerateArray().Select(side => side.GetInt64()).ToArray()
            : [])]; // a list of tensors has a list of shapes

    // std::string of libstdc++: the last 16 bytes are a short one's text or a long one's capacity.
    private readonly record struct StdString(nint Text, nint Length, nint Capacity, nint Unused);

    private static class Symbols
    {
        private const string Library = "torch_cpu";

        private const string OfString = "ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE";

        [DllImport(Library, EntryPoint = "_ZN5torch8profiler4impl25addExecutionTraceObserver" + OfString)]
        public static extern byte addExecutionTraceObserver(in StdString path);

        [DllImport(Library, EntryPoint = "_ZN5torch8profiler4impl28enableExecutionTraceObserverEv")]
        public static extern void enableExecutionTraceObserver();

        [DllImport(Library, EntryPoint = "_ZN5torch8profiler4impl28removeExecutionTraceObserverEv")]
        public static extern void removeExecutionTraceObserver();
    }
}
