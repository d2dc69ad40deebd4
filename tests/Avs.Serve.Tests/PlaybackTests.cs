using System.IO.Compression;
using System.Text.Json;
using Avs.Eval.Evaluation;
using Avs.Eval.Prediction;
using Avs.Train.Segmentation;
using NAudio.Wave;
using static TorchSharp.torch;

namespace Avs.Serve.Tests;

/// <summary>What a job shows is what the rest of the program finds.</summary>
public sealed class PlaybackTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    private static string Id(JsonElement job) => job.GetProperty("id").GetString()!;

    private async Task<byte[]> Get(JsonElement job, string part) => await server.Client.GetByteArrayAsync($"/api/jobs/{Id(job)}/{part}");

    private static byte[] Pixels(byte[] png) => OpenCvSharp.Cv2.ImDecode(png, OpenCvSharp.ImreadModes.Grayscale).ToBytes(".bmp");

    private async Task<(string Video, JsonElement Job)> UploadFilm()
    {
        var (_, json) = await server.Upload(server.Video("film.mkv", 7));
        var video = Id(json);
        return (video, Assert.Single(await server.Wait(video)));
    }

    // As `avs predict` does it, which takes the loaded model in the same way.
    private PredictionResult Predict(Func<PredictionOptions, PredictionOptions> change)
    {
        var (model, experiment, _) = SegmenterFactory.Load(server.At("random.safetensors"), CPU);
        using (model)
        using (new Models.Memory.FoldedNorms(model))
        {
            var options = new PredictionOptions(server.At("film.mkv"), server.At("out"));
            return VideoPrediction.Open(change(options)).Run(
                SegmenterFactory.ForEvaluation(model, experiment), SegmenterFactory.EvaluationOptions(experiment.Task, CPU));
        }
    }

    private async Task RequireSameMasks(JsonElement job, PredictionResult predicted)
    {
        Assert.Equal("ready", job.GetProperty("state").GetString());
        Assert.Equal(predicted.Masks.Count, job.GetProperty("seconds").GetArrayLength());
        for (var i = 0; i < predicted.Masks.Count; i++)
        {
            Assert.Equal(Pixels(File.ReadAllBytes(Path.Combine(predicted.Folder, predicted.Masks[i].File))),
                Pixels(await Get(job, $"mask/{i}")));
        }
    }

    [Fact]
    public async Task An_uploaded_video_gets_the_masks_of_predict_and_all_that_the_page_plays()
    {
        var (_, job) = await UploadFilm();

        await RequireSameMasks(job, Predict(options => options));
        foreach (var part in (string[])["frame/0", "overlay/6"])
            Assert.Equal([0xFF, 0xD8, 0xFF], (await Get(job, part))[..3]);
        using var sound = new WaveFileReader(new MemoryStream(await Get(job, "sound.wav")));
        Assert.Equal(7, sound.TotalTime.TotalSeconds, 6);
        using var zip = new ZipArchive(new MemoryStream(await Get(job, "masks.zip")));
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"film/film_{i}.png"), zip.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public async Task Without_sound_a_video_gets_the_masks_of_a_silent_one()
    {
        var (video, _) = await UploadFilm();
        var jobs = await server.Finish($"/api/videos/{video}/sounds?kind=muted");

        Assert.Equal(["Its own sound", "Silence"], jobs.Select(job => job.GetProperty("label").GetString()));
        FFmpeg.Run("-i", server.At("film.mkv"), "-an", "-c:v", "copy", server.At("mute.mkv"));
        await RequireSameMasks(jobs[1], Predict(options => options with { Video = server.At("mute.mkv") }));
        Assert.All(jobs[1].GetProperty("seconds").EnumerateArray(),
            second => Assert.Equal(-100, second.GetProperty("decibels").GetDouble()));
    }

    [Fact]
    public async Task Another_recording_is_heard_in_place_of_the_videos_own_sound()
    {
        var (video, _) = await UploadFilm();
        var other = server.Video("other.mkv", 9, tone: 1500);
        var jobs = await server.Finish($"/api/videos/{video}/sounds?kind=file&name=other.mkv", File.ReadAllBytes(other));

        await RequireSameMasks(jobs[1], Predict(options => options with { Sound = other }));
        using var sound = new WaveFileReader(new MemoryStream(await Get(jobs[1], "sound.wav")));
        Assert.Equal(7, sound.TotalTime.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("own", AudioCondition.Real)]
    [InlineData("muted", AudioCondition.Muted)]
    [InlineData("clip&clip=1", AudioCondition.Other)]
    public async Task A_clip_gets_what_evaluations_find_under_the_same_sound(string kind, AudioCondition condition)
    {
        var (_, json) = await server.Send(HttpMethod.Post, "/api/videos?clip=0");
        var job = (await server.Finish($"/api/videos/{Id(json)}/sounds?kind={kind}"))[1];

        var (model, experiment, _) = SegmenterFactory.Load(server.At("random.safetensors"), CPU);
        ClipPrediction? expected = null;
        using (model)
        using (new Models.Memory.FoldedNorms(model))
        {
            var options = SegmenterFactory.EvaluationOptions(experiment.Task, CPU) with
            {
                Observe = seen => expected = seen.Index == 0 ? seen : expected,
                ClipsPerBatch = 1,
            };
            Evaluator.Run(SegmenterFactory.ForEvaluation(model, experiment), server.Clips, options, condition);
        }
        for (var t = 0; t < 5; t++)
        {
            var mask = Data(await Get(job, $"mask/{t}"));
            var logits = expected!.Logits[(t * 224 * 224)..((t + 1) * 224 * 224)];
            Assert.Equal(logits.Select(logit => logit > 0), mask.Select(value => value == 255));
        }
        var iou = job.GetProperty("seconds")[0].GetProperty("iou");
        if (condition == AudioCondition.Real)
            Assert.Equal(expected!.Frames[0].Iou, iou.GetDouble(), 3);
        else
            Assert.Equal(JsonValueKind.Null, iou.ValueKind); // nothing is known of what would be true then

        static byte[] Data(byte[] png)
        {
            using var picture = OpenCvSharp.Cv2.ImDecode(png, OpenCvSharp.ImreadModes.Grayscale);
            picture.GetArray(out byte[] bytes);
            return bytes;
        }
    }

    [Fact]
    public async Task A_video_can_hear_a_clip_and_a_clip_a_recording()
    {
        var (video, _) = await UploadFilm();
        var film = (await server.Finish($"/api/videos/{video}/sounds?kind=clip&clip=2"))[1];
        var (_, json) = await server.Send(HttpMethod.Post, "/api/videos?clip=0");
        var clip = (await server.Finish(
            $"/api/videos/{Id(json)}/sounds?kind=file&name=film.mkv", File.ReadAllBytes(server.At("film.mkv"))))[1];

        Assert.Equal(("ready", "Kind a (s1_a)"), (film.GetProperty("state").GetString(), film.GetProperty("label").GetString()));
        Assert.Equal(("ready", "film.mkv"), (clip.GetProperty("state").GetString(), clip.GetProperty("label").GetString()));
        Assert.True(film.GetProperty("seconds")[0].GetProperty("decibels").GetDouble() > -60);
        Assert.Equal(-100, film.GetProperty("seconds")[6].GetProperty("decibels").GetDouble()); // the clip is shorter than the film
        using var zip = new ZipArchive(new MemoryStream(await Get(clip, "masks.zip")));
        Assert.Equal("kind_a/s0_a/s0_a_0.png", zip.Entries[0].FullName);
    }
}
