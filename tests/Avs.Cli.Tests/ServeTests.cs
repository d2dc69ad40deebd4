using System.Diagnostics;
using Avs.Data.Tests.AvsBench;
using Avs.Train.Segmentation;

namespace Avs.Cli.Tests;

/// <summary>`avs serve` in a process of its own.</summary>
[Trait("Speed", "Slow")]
public sealed class ServeTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly TinyBench bench = TinyBench.S4();

    public ServeTests() => folder.Segmenter(
        experiment: SegmentationExperiment.Load(Repository.At("experiments/smoke.yaml"), [$"data.root={bench.Root}"]));

    public void Dispose()
    {
        folder.Dispose();
        bench.Dispose();
    }

    [Theory]
    [InlineData("INT", 0)]
    [InlineData("TERM", 143)]
    public async Task It_says_where_it_is_and_a_signal_ends_it_with_nothing_left(string signal, int code)
    {
        // A shell's background jobs ignore SIGINT, and so would all that they start, this server too.
        var start = new ProcessStartInfo("env",
            [
                "--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "avs.dll"), "serve",
                folder.At("random.safetensors"), "--port", "0",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AVS_CACHE"] = folder.At("cache");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync();
        Assert.Matches(@"^smoke is at http://127\.0\.0\.1:\d+/ until Ctrl-C ends it$", line);
        using var client = new HttpClient { BaseAddress = new Uri(line!.Split(' ')[3]) };
        Assert.Contains("\"data\":\"S4 test\"", await client.GetStringAsync("/api/run"));
        using var answer = await client.PostAsync("/api/videos?clip=0", null);
        Assert.Single(Directory.GetDirectories(folder.At("cache/serve")));

        Process.Start("bash", ["-c", $"kill -{signal} {process.Id}"]).WaitForExit();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)), $"SIG{signal} does not end the server");
        Assert.Equal(code, process.ExitCode);
        Assert.EndsWith("stopped\n", await error);
        Assert.Empty(Directory.GetFileSystemEntries(folder.At("cache/serve")));
    }
}
