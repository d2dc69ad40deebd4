using System.Diagnostics;
using System.Globalization;

namespace Avs.Bench;

/// <summary>A Python with torch that runs the benchmark's operations on request: a line "calls name" in, microseconds a call out.</summary>
internal sealed class PythonPeer : IDisposable
{
    private const string Program = """
        import sys, time
        import torch
        import torch.nn.functional as F
        torch.set_num_threads(int(sys.argv[1]))

        one, other, tracked = torch.ones(1), torch.ones(1), torch.ones(1, requires_grad=True)
        small, medium = torch.randn(16, 16), torch.randn(512, 512)

        def add():
            one.add(other)

        def add_tracked():
            tracked.add(other)

        def scale():
            one * 0.5

        def matmul_small():
            small.matmul(small)

        def matmul_medium():
            medium.matmul(medium)

        def randn():
            torch.randn(1000)

        def forward(x, w):
            def body():
                F.conv2d(x, w, None, (1, 1), (1, 1), (1, 1))
            return body

        def backward(x, w):
            w.requires_grad_()
            def body():
                F.conv2d(x, w, None, (1, 1), (1, 1), (1, 1)).sum().backward()
                w.grad = None
            return body

        cases = {
            "add": add,
            "add with autograd": add_tracked,
            "tensor * double": scale,
            "matmul 16": matmul_small,
            "matmul 512": matmul_medium,
            "randn 1000": randn,
            "conv2d small": forward(torch.randn(1, 8, 16, 16), torch.randn(8, 8, 3, 3)),
            "conv2d medium": forward(torch.randn(4, 32, 56, 56), torch.randn(32, 32, 3, 3)),
            "conv2d small with backward": backward(torch.randn(1, 8, 16, 16), torch.randn(8, 8, 3, 3)),
            "conv2d medium with backward": backward(torch.randn(4, 32, 56, 56), torch.randn(32, 32, 3, 3)),
        }
        for body in cases.values():
            for _ in range(20):
                body()
        print("ready", flush=True)
        for line in sys.stdin:
            calls, name = line.rstrip("\n").split(" ", 1)
            calls, body = int(calls), cases[name]
            start = time.perf_counter()
            for _ in range(calls):
                body()
            print((time.perf_counter() - start) / calls * 1e6, flush=True)
        """;

    private readonly Process _process;

    private PythonPeer(Process process) => _process = process;

    /// <summary>Starts the named interpreter, or the first that has torch; null where there is none.</summary>
    public static PythonPeer? Find(string? python, int threads)
    {
        string[] candidates = python is not null ? [python] : ["python3", "/usr/bin/python3"];
        return candidates.Select(candidate => Start(candidate, threads)).FirstOrDefault(peer => peer is not null);
    }

    /// <summary>Runs an operation.</summary>
    /// <returns>Microseconds a call.</returns>
    public double Time(string name, int calls)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{calls} {name}"));
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"Python stopped while it measured '{name}'");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(2000))
            _process.Kill();
        _process.Dispose();
    }

    private static PythonPeer? Start(string python, int threads)
    {
        var start = new ProcessStartInfo(python)
        {
            ArgumentList = { "-c", Program, threads.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // there is no such program
        }

        process.ErrorDataReceived += (_, _) => { }; // read, so that it never blocks on a full pipe
        process.BeginErrorReadLine();
        if (process.StandardOutput.ReadLine() == "ready")
            return new PythonPeer(process);
        process.Dispose(); // no torch: it has ended by itself
        return null;
    }
}
