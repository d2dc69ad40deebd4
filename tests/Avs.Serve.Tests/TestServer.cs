using System.Net;
using System.Text.Json;
using Avs.Data.Clips;
using Avs.Data.Tests.AvsBench;
using Avs.Serve.Http;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Serve.Tests;

/// <summary>A run whose weights are random, served on a free port in a folder of its own, and a client.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly DirectoryInfo folder;
    private readonly TinyBench bench;
    private readonly ServedRun run;

    private TestServer(DirectoryInfo folder, TinyBench bench, ServedRun run, PageServer server)
    {
        (this.folder, this.bench, this.run, Server) = (folder, bench, run, server);
        Client = new HttpClient { BaseAddress = server.Address };
    }

    public PageServer Server { get; }

    public HttpClient Client { get; }

    public IClipDataset Clips => run.Clips!;

    /// <summary>Starts it; the clips are the two scenes of <see cref="TinyBench.Scenes"/>, four clips in all.</summary>
    public static async Task<TestServer> StartAsync(Func<ServeOptions, ServeOptions>? change = null)
    {
        var folder = Directory.CreateTempSubdirectory("avs-serve-");
        var bench = TinyBench.Scenes(2);
        var checkpoint = Path.Combine(folder.FullName, "random.safetensors");
        var experiment = SegmentationExperiment.Load(Repository.At("experiments/smoke.yaml"), [$"data.root={bench.Root}"]);
        using (var model = SegmenterFactory.Create(experiment, CPU))
            Train.Runs.Checkpoint.Write(checkpoint, model, experiment.ToYaml(), 0);
        var run = ServedRun.Open(checkpoint, null, Split.Train, CPU);
        var options = new ServeOptions { WorkFolder = Path.Combine(folder.FullName, "work") };
        try
        {
            var server = await PageServer.StartAsync(run, change?.Invoke(options) ?? options, _ => { });
            return new TestServer(folder, bench, run, server);
        }
        catch
        {
            run.Dispose();
            bench.Dispose();
            folder.Delete(recursive: true);
            throw;
        }
    }

    public string At(string name) => Path.Combine(folder.FullName, name);

    /// <summary>What lies in the work folder; an upload or a result has a folder each.</summary>
    public string[] Work() => [.. Directory.GetDirectories(Server.WorkFolder).Select(path => Path.GetFileName(path)!)];

    /// <summary>Makes a video of moving pictures with a tone.</summary>
    public string Video(string name, int seconds = 3, string size = "64x48", int tone = 440)
    {
        FFmpeg.Run("-f", "lavfi", "-i", $"testsrc=size={size}:rate=10:duration={seconds}", "-f", "lavfi", "-t", $"{seconds}",
            "-i", $"sine={tone}", "-c:v", "mpeg4", "-q:v", "2", At(name));
        return At(name);
    }

    public async Task<(HttpStatusCode Status, JsonElement Json)> Send(HttpMethod method, string path, byte[]? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new ByteArrayContent(body) };
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length > 0 ? JsonDocument.Parse(text).RootElement : default);
    }

    public Task<(HttpStatusCode Status, JsonElement Json)> Upload(string file, string? name = null) =>
        Send(HttpMethod.Post, $"/api/videos?name={Uri.EscapeDataString(name ?? Path.GetFileName(file))}", File.ReadAllBytes(file));

    /// <summary>Posts what must be accepted and waits until all jobs of its video are over; returns the jobs.</summary>
    public async Task<JsonElement[]> Finish(string path, byte[]? body = null)
    {
        var (status, json) = await Send(HttpMethod.Post, path, body);
        Assert.True(status == HttpStatusCode.Accepted, $"{status} {json}");
        return await Wait(json.GetProperty("id").GetString()!);
    }

    public async Task<JsonElement[]> Wait(string video)
    {
        for (var i = 0; i < 600; i++)
        {
            var (_, json) = await Send(HttpMethod.Get, $"/api/videos/{video}");
            JsonElement[] jobs = [.. json.GetProperty("jobs").EnumerateArray()];
            if (jobs.All(job => job.GetProperty("state").GetString() is "ready" or "failed"))
                return jobs;
            await Task.Delay(100);
        }
        throw new TimeoutException($"the jobs of {video} do not end");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        run.Dispose();
        bench.Dispose();
        folder.Delete(recursive: true);
    }
}
