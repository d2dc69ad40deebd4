using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bench;

/// <summary>How the cost of a call is measured.</summary>
/// <param name="Threads">Threads that an operator may use, here and in Python.</param>
/// <param name="Rounds">How often each operation is measured; the median counts.</param>
/// <param name="BatchSeconds">How long one measurement takes, about: as many calls as fit.</param>
/// <param name="Python">The interpreter to compare with; null: the first of python3 and /usr/bin/python3 that has torch.</param>
/// <param name="ComparePython">Whether to compare at all.</param>
public sealed record OpsBenchmarkOptions(
    int Threads = 1, int Rounds = 61, double BatchSeconds = 0.003, string? Python = null, bool ComparePython = true);

/// <summary>The cost of one operation.</summary>
/// <param name="Name">What was called.</param>
/// <param name="OursUs">Microseconds a call, from this program.</param>
/// <param name="PythonUs">Microseconds a call, from Python; null without a Python that has torch.</param>
/// <param name="Ratio">Ours over Python's: below 1 is faster than Python.</param>
public sealed record OpRow(string Name, double OursUs, double? PythonUs, double? Ratio);

/// <summary>
/// What a call of an operator costs from this program and from Python. Both run the same operations in turns, so that whatever
/// else the machine is doing disturbs both alike.
/// </summary>
public static class OpsBenchmark
{
    /// <summary>Measures every operation; one row each, always in the same order.</summary>
    public static IReadOnlyList<OpRow> Run(OpsBenchmarkOptions options)
    {
        var threads = get_num_threads();
        set_num_threads(options.Threads);
        try
        {
            using var scope = NewDisposeScope();
            using var peer = options.ComparePython ? StartPython(options) : null;
            var cases = Cases();
            var calls = Array.ConvertAll(cases, one => CallsIn(options.BatchSeconds, one.Body));
            var ours = Array.ConvertAll(cases, _ => new List<double>());
            var theirs = Array.ConvertAll(cases, _ => new List<double>());
            for (var round = 0; round < options.Rounds; round++)
            {
                for (var i = 0; i < cases.Length; i++)
                {
                    ours[i].Add(Time(calls[i], cases[i].Body));
                    if (peer is not null)
                        theirs[i].Add(peer.Ask(string.Create(CultureInfo.InvariantCulture, $"{calls[i]} {cases[i].Name}")));
                }
            }

            return [.. cases.Select((one, i) => Row(one.Name, ours[i], theirs[i]))];
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    // The names are keys of the Python program's dictionary of the same operations.
    private static (string Name, Action Body)[] Cases()
    {
        var one = ones(1);
        var other = ones(1);
        var tracked = ones(1).requires_grad_();
        var small = randn(16, 16);
        var medium = randn(512, 512);
        return
        [
            ("add", () => one.add(other).Dispose()),
            ("add with autograd", () => tracked.add(other).Dispose()),
            ("tensor * double", () => (one * 0.5).Dispose()),
            ("matmul 16", () => small.matmul(small).Dispose()),
            ("matmul 512", () => medium.matmul(medium).Dispose()),
            ("randn 1000", () => randn(1000).Dispose()),
            ("conv2d small", Forward(randn(1, 8, 16, 16), randn(8, 8, 3, 3))),
            ("conv2d medium", Forward(randn(4, 32, 56, 56), randn(32, 32, 3, 3))),
            ("conv2d small with backward", ForwardAndBackward(randn(1, 8, 16, 16), randn(8, 8, 3, 3))),
            ("conv2d medium with backward", ForwardAndBackward(randn(4, 32, 56, 56), randn(32, 32, 3, 3))),
        ];
    }

    private static Action Forward(Tensor input, Tensor weight)
    {
        long[] stride = [1, 1], padding = [1, 1], dilation = [1, 1];
        return () => F.conv2d(input, weight, null, stride, padding, dilation).Dispose();
    }

    private static Action ForwardAndBackward(Tensor input, Tensor weight)
    {
        long[] stride = [1, 1], padding = [1, 1], dilation = [1, 1];
        weight.requires_grad_();
        return () =>
        {
            using var result = F.conv2d(input, weight, null, stride, padding, dilation);
            using var sum = result.sum();
            sum.backward();
            weight.grad = null;
        };
    }

    private static int CallsIn(double seconds, Action body)
    {
        Time(20, body); // the first calls load and compile
        var microseconds = Math.Max(Time(5, body), 0.05);
        return (int)Math.Clamp(seconds * 1e6 / microseconds, 1, 20_000);
    }

    private static double Time(int calls, Action body)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
            body();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
    }

    private static PythonPeer? StartPython(OpsBenchmarkOptions options) =>
        PythonPeer.Start(options.Python is { } python ? [python] : PythonPeer.Interpreters, "operations.py", options.Threads);

    private static OpRow Row(string name, List<double> ours, List<double> theirs)
    {
        var own = Median(ours);
        double? python = theirs.Count > 0 ? Median(theirs) : null;
        return new OpRow(name, own, python, own / python);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
