using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Avs.Serve.Tests;

/// <summary>What a server does not take, and that nothing of it stays.</summary>
public sealed class RefusalTests
{
    private static string Error(JsonElement json) => json.GetProperty("error").GetString()!;

    private static async Task RequireWorks(TestServer server)
    {
        var job = Assert.Single(await server.Finish("/api/videos?clip=0"));
        Assert.Equal("ready", job.GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_whether_it_says_so_or_not()
    {
        await using var server = await TestServer.StartAsync(options => options with { MostBytes = 1_000_000 });

        var (status, json) = await server.Send(HttpMethod.Post, "/api/videos?name=a.mp4", new byte[3_000_000]);
        Assert.Equal(
            (HttpStatusCode.RequestEntityTooLarge, "the file is larger than 1 MB, the most that this server takes"), (status, Error(json)));

        using var unsaid = new HttpRequestMessage(HttpMethod.Post, "/api/videos?name=a.mp4");
        unsaid.Content = new StreamContent(new MemoryStream(new byte[3_000_000]));
        unsaid.Headers.TransferEncodingChunked = true;
        using var response = await server.Client.SendAsync(unsaid);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Empty(server.Work());
        await RequireWorks(server);
    }

    [Fact]
    public async Task A_file_that_is_no_video_is_a_sentence_without_paths()
    {
        await using var server = await TestServer.StartAsync(options => options with { LongestSeconds = 4, MostPixels = 200 * 200 });
        File.WriteAllBytes(server.At("broken.mp4"), [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7919 >> 3))]);
        File.WriteAllText(server.At("empty.mp4"), "");
        server.Video("long.mkv", 6);
        server.Video("wide.mkv", 1, "320x240");
        FFmpeg.Run("-f", "lavfi", "-i", "testsrc=size=64x48", "-frames:v", "1", server.At("picture.png"));
        FFmpeg.Run("-f", "lavfi", "-t", "1", "-i", "sine=440", server.At("tone.wav"));

        async Task<string> Refusal(string file)
        {
            var (status, json) = await server.Upload(server.At(file));
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.DoesNotContain(server.Server.WorkFolder, Error(json));
            Assert.DoesNotContain("/", Error(json));
            return Error(json);
        }

        Assert.StartsWith("broken.mp4 holds no picture that can be decoded and no sound", await Refusal("broken.mp4"));
        Assert.Equal("empty.mp4 is empty (0 bytes)", await Refusal("empty.mp4"));
        Assert.Equal("long.mkv is longer than 4 s, which is as long as a video may be here", await Refusal("long.mkv"));
        Assert.Equal("wide.mkv has pictures of 320x240, expected at most 0 million pixels", await Refusal("wide.mkv"));
        Assert.StartsWith("picture.png is a single picture (PNG)", await Refusal("picture.png"));
        Assert.StartsWith("tone.wav holds no picture that can be decoded", await Refusal("tone.wav"));
        Assert.Empty(server.Work());
        await RequireWorks(server);
    }

    [Fact]
    public async Task A_video_that_says_nothing_of_its_length_is_stopped_at_the_longest()
    {
        await using var server = await TestServer.StartAsync(options => options with { LongestSeconds = 4 });
        FFmpeg.Run("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=8", "-c:v", "mpeg4", "-f", "m4v", server.At("raw.m4v"));

        var (status, json) = await server.Upload(server.At("raw.m4v"));
        Assert.Equal(HttpStatusCode.Accepted, status);
        var job = Assert.Single(await server.Wait(json.GetProperty("id").GetString()!));
        Assert.Equal(("failed", "raw.m4v is longer than 4 s, which is as long as a video may be here"),
            (job.GetProperty("state").GetString(), Error(job)));
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:3,\n{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile '{0}'\n")]
    public async Task A_playlist_opens_no_other_file(string playlist)
    {
        await using var server = await TestServer.StartAsync();
        var other = server.Video("private.ts.mkv");
        File.WriteAllText(server.At("list.mp4"), string.Format(playlist, other));

        var (status, json) = await server.Upload(server.At("list.mp4"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("list.mp4 holds no picture that can be decoded", Error(json));
    }

    [Fact]
    public async Task A_client_that_hangs_up_leaves_nothing_and_the_next_one_is_served()
    {
        await using var server = await TestServer.StartAsync(options => options with { QueueLength = 1 });
        for (var i = 0; i < 3; i++) // a place in the queue that were lost would be missed now
        {
            using var half = new TcpClient(server.Server.Address.Host, server.Server.Address.Port);
            await half.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                "POST /api/videos?name=film.mp4 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000000\r\n\r\n"
                + new string('x', 100_000)));
            while (server.Work().Length == 0)
                await Task.Delay(10);
            half.Client.LingerState = new LingerOption(true, 0);
            half.Close();
            for (var wait = 0; wait < 300 && server.Work().Length > 0; wait++)
                await Task.Delay(50);
            Assert.Empty(server.Work());
        }
        await RequireWorks(server);
    }

    [Fact]
    public async Task Names_are_never_paths()
    {
        await using var server = await TestServer.StartAsync();
        var film = File.ReadAllBytes(server.Video("film.mkv", 1));
        var before = Directory.GetFileSystemEntries(server.At("")).Order().ToArray();

        var (_, json) = await server.Send(HttpMethod.Post, $"/api/videos?name={Uri.EscapeDataString("../../../tmp/evil\n.mkv")}", film);
        Assert.Equal("evil.mkv", json.GetProperty("name").GetString());
        var job = Assert.Single(await server.Wait(json.GetProperty("id").GetString()!)).GetProperty("id").GetString();
        Assert.Equal(before, Directory.GetFileSystemEntries(server.At("")).Order());
        foreach (var path in (string[])
            [
                "/api/videos/..%2f..%2frandom.safetensors", "/api/jobs/..%2f..%2frandom.safetensors/masks.zip", "/api/clips/-1/thumbnail",
                "/api/clips/4/thumbnail", $"/api/jobs/{job}/frame/-1", $"/api/jobs/{job}/frame/1", $"/api/jobs/{job}/..%2fvideo/0",
                "/..%2f..%2fetc/passwd", "/page.css/../../etc/passwd", "/api",
            ])
        {
            var (status, answer) = await server.Send(HttpMethod.Get, path);
            Assert.True(status == HttpStatusCode.NotFound, $"{path}: {status}");
            Assert.NotEmpty(Error(answer));
        }
    }

    [Theory]
    [InlineData("Host", "evil.example", "this server is not called 'evil.example'; open it by its address, such as 127.0.0.1")]
    [InlineData("Origin", "http://evil.example", "requests from 'http://evil.example' are refused: only this server's page may send any")]
    [InlineData("Origin", "null", "requests from 'null' are refused: only this server's page may send any")]
    [InlineData("Sec-Fetch-Site", "cross-site", "requests from other sites are refused")]
    public async Task Pages_of_other_sites_are_refused(string header, string value, string sentence)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/videos?clip=0");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(sentence, Error(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement));
        Assert.Empty(server.Work());
    }

    [Fact]
    public async Task Wrong_requests_are_sentences()
    {
        await using var server = await TestServer.StartAsync();
        var (_, json) = await server.Send(HttpMethod.Post, "/api/videos?clip=0");
        var video = json.GetProperty("id").GetString()!;
        async Task Refused(HttpStatusCode status, string sentence, string path)
        {
            var answer = await server.Send(HttpMethod.Post, path, []);
            Assert.Equal((status, sentence), (answer.Status, Error(answer.Json)));
        }

        await Refused(
            HttpStatusCode.BadRequest, "found the kind of sound 'loud', expected own, muted, clip or file",
            $"/api/videos/{video}/sounds?kind=loud");
        await Refused(HttpStatusCode.BadRequest, "the number of the clip is missing", $"/api/videos/{video}/sounds?kind=clip");
        await Refused(HttpStatusCode.NotFound, "there is no clip 99", $"/api/videos/{video}/sounds?kind=clip&clip=99");
        await Refused(HttpStatusCode.BadRequest, "noise.wav is empty (0 bytes)", $"/api/videos/{video}/sounds?kind=file&name=noise.wav");
        await Refused(HttpStatusCode.NotFound, "there is no such video here, or it is kept no more: the oldest results go",
            "/api/videos/0123/sounds?kind=muted");
        await Refused(HttpStatusCode.MethodNotAllowed, "there is nothing of that name", "/api/run");
        await server.Wait(video);
        Assert.Single(server.Work());
    }
}
