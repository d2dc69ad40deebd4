using System.Net;
using System.Text.Json;
using Avs.Core;
using Avs.Data.Clips;
using static TorchSharp.torch;

namespace Avs.Serve.Tests;

/// <summary>Many jobs, few places, and the end.</summary>
[Collection(Alone.Name)]
[Trait("Speed", "Slow")]
public sealed class QueueTests
{
    private static string Id(JsonElement json) => json.GetProperty("id").GetString()!;

    [Fact]
    public async Task Eight_uploads_at_a_time_all_end_one_after_the_other()
    {
        await using var server = await TestServer.StartAsync();
        var film = server.Video("film.mkv", 6);

        var sent = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => server.Upload(film, $"film{i}.mkv")));
        Assert.All(sent, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        var jobs = (await Task.WhenAll(sent.Select(answer => server.Wait(Id(answer.Json))))).Select(Assert.Single).ToArray();

        Assert.All(jobs, job => Assert.Equal("ready", job.GetProperty("state").GetString()));
        Assert.Single(jobs.Select(job => job.GetProperty("seconds").ToString()).Distinct()); // the same film: the same masks
        Assert.Equal(16, server.Work().Length); // an upload and a result each
    }

    [Fact]
    public async Task A_full_queue_refuses_in_a_sentence_and_positions_count_from_one()
    {
        await using var server = await TestServer.StartAsync(options => options with { QueueLength = 2 });
        server.Video("slow.mkv", 50, "320x240");
        var (_, running) = await server.Upload(server.At("slow.mkv"));
        async Task<string?> State() => (await server.Send(HttpMethod.Get, $"/api/videos/{Id(running)}")).Json
            .GetProperty("jobs")[0].GetProperty("state").GetString();
        while (await State() != "running")
            await Task.Delay(10);
        var (_, first) = await server.Send(HttpMethod.Post, "/api/videos?clip=0");
        var (_, second) = await server.Send(HttpMethod.Post, "/api/videos?clip=1");
        var (status, third) = await server.Send(HttpMethod.Post, "/api/videos?clip=2");

        Assert.Equal((1, 2), (Position(first), Position(second)));
        const string full = "2 jobs are waiting already, which is as many as this server takes; try again in a while";
        Assert.Equal((HttpStatusCode.ServiceUnavailable, full), (status, third.GetProperty("error").GetString()));
        // Whoever waits moves up when the one before is taken away, also a running one.
        await server.Send(HttpMethod.Delete, $"/api/jobs/{Id(running.GetProperty("jobs")[0])}");
        Assert.Equal("ready", Assert.Single(await server.Wait(Id(second))).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await server.Send(HttpMethod.Get, $"/api/videos/{Id(running)}")).Status);
        Assert.Equal(2, server.Work().Length); // of the clips; nothing of the film

        static int Position(JsonElement video) => video.GetProperty("jobs")[0].GetProperty("position").GetInt32();
    }

    [Fact]
    public async Task A_job_that_takes_too_long_is_stopped_and_the_next_one_runs()
    {
        await using var server = await TestServer.StartAsync(options => options with { LongestJob = TimeSpan.FromMilliseconds(1) });
        var (_, json) = await server.Send(HttpMethod.Post, "/api/videos?clip=0");

        var job = Assert.Single(await server.Wait(Id(json)));
        Assert.Equal(("failed", "it took longer than 0 s, the most that this server gives to a video, and was stopped"),
            (job.GetProperty("state").GetString(), job.GetProperty("error").GetString()));
        Assert.Empty(server.Work());
        Assert.Equal("failed", Assert.Single(await server.Finish("/api/videos?clip=1")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task The_oldest_results_go_and_their_uploads_with_them()
    {
        await using var server = await TestServer.StartAsync(options => options with { KeptJobs = 2 });
        var film = server.Video("film.mkv", 1);
        var videos = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var (_, json) = await server.Upload(film);
            videos.Add(Id(json));
            await server.Wait(Id(json));
        }
        await server.Finish($"/api/videos/{videos[2]}/sounds?kind=muted");
        for (var i = 0; i < 100 && server.Work().Length > 3; i++)
            await Task.Delay(20);

        foreach (var gone in videos[..2])
            Assert.Equal(HttpStatusCode.NotFound, (await server.Send(HttpMethod.Get, $"/api/videos/{gone}")).Status);
        Assert.Equal(3, server.Work().Length); // one upload with two results
    }

    [Fact]
    public async Task Jobs_leave_no_tensors_behind()
    {
        await using var server = await TestServer.StartAsync();
        var film = File.ReadAllBytes(server.Video("film.mkv", 6));
        async Task RunAll()
        {
            var (_, json) = await server.Send(HttpMethod.Post, "/api/videos?name=film.mkv", film);
            await server.Finish($"/api/videos/{Id(json)}/sounds?kind=muted");
            await server.Finish("/api/videos?clip=0");
        }

        await RunAll();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 3; i++)
            await RunAll();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public async Task A_server_that_is_stopped_in_mid_job_ends_and_removes_its_folder()
    {
        Environment.SetEnvironmentVariable("AVS_CACHE", Path.Combine(Path.GetTempPath(), $"avs-cache-{Environment.ProcessId}"));
        try
        {
            string work;
            await using (var server = await TestServer.StartAsync(options => options with { WorkFolder = null }))
            {
                work = server.Server.WorkFolder;
                await server.Upload(server.Video("slow.mkv", 50, "320x240"));
                Assert.NotEmpty(Directory.GetDirectories(work));
            }
            Assert.False(Directory.Exists(work));
        }
        finally
        {
            Directory.Delete(Environment.GetEnvironmentVariable("AVS_CACHE")!, recursive: true);
            Environment.SetEnvironmentVariable("AVS_CACHE", null);
        }
    }

    [Fact]
    public void What_a_killed_server_left_behind_the_next_one_removes()
    {
        var cache = Directory.CreateTempSubdirectory("avs-cache-");
        Environment.SetEnvironmentVariable("AVS_CACHE", cache.FullName);
        try
        {
            var left = Directory.CreateDirectory(Path.Combine(cache.FullName, "serve", "left")).FullName;
            File.WriteAllText(Path.Combine(left, "lock"), "");
            using var first = new WorkFolder(null);
            using var second = new WorkFolder(null);

            Assert.False(Directory.Exists(left));
            Assert.True(Directory.Exists(first.Root)); // it is in use
        }
        finally
        {
            Environment.SetEnvironmentVariable("AVS_CACHE", null);
            cache.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_address_that_is_taken_and_a_folder_that_is_full_are_named()
    {
        await using var server = await TestServer.StartAsync();
        var port = server.Server.Address.Port;

        var taken = await Assert.ThrowsAsync<UsageException>(() => TestServer.StartAsync(options => options with { Port = port }));
        Assert.Equal(
            $"127.0.0.1 port {port} cannot be had (Address already in use); name another with --port, or 0 for a free one", taken.Message);
        File.WriteAllText(server.At("full.txt"), "");
        var full = await Assert.ThrowsAsync<UsageException>(
            () => TestServer.StartAsync(options => options with { WorkFolder = server.At("") }));
        Assert.EndsWith("is not empty; name a new folder, or delete this one first", full.Message);
    }

    [Fact]
    public async Task A_run_without_its_data_is_served_for_videos_alone()
    {
        await using var server = await TestServer.StartAsync();
        var moved = server.At("moved.safetensors");
        File.Copy(server.At("random.safetensors"), moved);
        using var run = ServedRun.Open(moved, null, Split.Val, CPU); // the little set has no clip for validation

        Assert.Null(run.Clips);
        Assert.Contains("has no clip in the split val", run.WhyNoClips);
        Assert.Throws<DataException>(() => ServedRun.Open(moved, server.At("nowhere"), Split.Train, CPU));
    }
}
