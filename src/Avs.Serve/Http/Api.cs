using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Reports;
using Avs.Serve.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Avs.Serve.Http;

/// <summary>
/// What the page asks and sends; docs/serve.md lists it. Names in requests are looked up among those that the server drew, or that the data
/// set lists; none becomes a part of a path.
/// </summary>
internal sealed class Api(ServedRun run, ServeOptions options, WorkFolder folder, JobQueue queue, JobWork work)
{
    private const int ThumbnailWidth = 176;
    private const string OwnSound = "Its own sound";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/run", () => Results.Json(RunJson.From(run, options), ServeJsonContext.Default.RunJson));
        routes.MapGet("/api/clips/{clip:int}/thumbnail", Thumbnail);
        routes.MapPost("/api/videos", AddVideo);
        routes.MapGet("/api/videos/{id}", (string id) => Describe(id, StatusCodes.Status200OK));
        routes.MapPost("/api/videos/{id}/sounds", AddSound);
        routes.MapDelete("/api/jobs/{id}", (string id) => { queue.Remove(Find(id)); return Results.NoContent(); });
        routes.MapGet("/api/jobs/{id}/masks.zip", Masks);
        routes.MapGet("/api/jobs/{id}/sound.wav", (HttpResponse response, string id) => Sound(response, Find(id)));
        routes.MapGet("/api/jobs/{id}/{part}/{second:int}", Picture);
    }

    /// <param name="name">The uploaded file's.</param>
    /// <param name="clip">A clip of the data set instead of an upload.</param>
    private async Task<IResult> AddVideo(HttpContext http, string? name, int? clip)
    {
        var id = WorkFolder.NewId();
        await Enqueue(isNew: true, async () =>
        {
            if (clip is { } index)
                return new Job(WorkFolder.NewId(), new Video(id, Clip(index).Id, index, null), new Sound(SoundKind.Own, OwnSound));
            var video = new Video(id, Upload.ShownName(name, "video"), null, Path.Combine(folder.PathOf(id), "video"));
            await Receive(http, id, video.File!, work.RequireVideo, sentence => work.Clean(sentence, video));
            return new Job(WorkFolder.NewId(), video, new Sound(SoundKind.Own, OwnSound));
        });
        return Describe(id, StatusCodes.Status202Accepted);
    }

    /// <param name="kind">own, muted, clip or file.</param>
    /// <param name="clip">Whose sound, with the kind clip.</param>
    /// <param name="name">The uploaded recording's, with the kind file.</param>
    private async Task<IResult> AddSound(HttpContext http, string id, string kind, int? clip, string? name)
    {
        var video = (queue.FindOfVideo(id).FirstOrDefault() ?? throw NotKept()).Video;
        await Enqueue(isNew: false, async () =>
        {
            var job = WorkFolder.NewId();
            switch (kind)
            {
                case "own":
                    return new Job(job, video, new Sound(SoundKind.Own, OwnSound));
                case "muted":
                    return new Job(job, video, new Sound(SoundKind.Muted, "Silence"));
                case "clip":
                    var info = Clip(clip ?? throw new UsageException("the number of the clip is missing"));
                    return new Job(job, video, new Sound(SoundKind.Clip, ClipJson.From(info).Title, clip));
                case "file":
                    var label = Upload.ShownName(name, "A recording");
                    var sound = new Sound(SoundKind.File, label, File: Path.Combine(folder.PathOf(job), "recording"));
                    await Receive(http, job, sound.File!, JobWork.RequireSound, sentence => work.Clean(sentence, sound: sound));
                    return new Job(job, video, sound);
                default:
                    throw new UsageException($"found the kind of sound '{kind}', expected own, muted, clip or file");
            }
        });
        return Describe(id, StatusCodes.Status202Accepted);
    }

    // A place in the queue is taken first, so that a full one refuses an upload before it comes.
    private async Task Enqueue(bool isNew, Func<Task<Job>> create)
    {
        if (!queue.TryTakePlace())
        {
            throw new RefusedException(StatusCodes.Status503ServiceUnavailable,
                $"{options.QueueLength} jobs are waiting already, which is as many as this server takes; try again in a while");
        }
        Job? job = null;
        try
        {
            job = await create();
            if (!queue.TryAdd(job, isNew))
                throw NotKept();
        }
        catch
        {
            queue.GiveBackPlace();
            if (job is not null)
                folder.Remove(job.Id);
            throw;
        }
    }

    // Of a file that is refused, or whose sender hangs up, nothing stays.
    private async Task Receive(HttpContext http, string id, string file, Action<string> check, Func<string, string> clean)
    {
        try
        {
            Directory.CreateDirectory(folder.PathOf(id));
            await Upload.SaveAsync(http, file, options);
            check(file);
        }
        catch (Exception e)
        {
            folder.Remove(id);
            if (e is DataException)
                throw new DataException(clean(e.Message), e);
            throw;
        }
    }

    private IResult Describe(string videoId, int status) => queue.FindOfVideo(videoId) is { Count: > 0 } jobs
        ? Results.Json(VideoJson.From(queue, jobs), ServeJsonContext.Default.VideoJson, statusCode: status)
        : throw NotKept();

    private IResult Thumbnail(HttpResponse response, int clip)
    {
        _ = Clip(clip);
        var loaded = run.Clips!.Load(clip);
        var cell = ClipCells.Frame(loaded, loaded.FramesPresent / 2, "");
        return Kept(response, Results.Bytes(new ContactSheet(ThumbnailWidth).Picture(cell, ".jpg"), "image/jpeg"));
    }

    private IResult Picture(HttpResponse response, string id, string part, int second)
    {
        var outcome = FindOutcome(Find(id));
        if (second < 0 || second >= outcome.Masks.Count)
            throw new RefusedException(
                StatusCodes.Status404NotFound, $"there is no second {second}, expected 0 to {outcome.Masks.Count - 1}");
        return part switch
        {
            "frame" => File(response, outcome.Files.Frame(second), "image/jpeg"),
            "overlay" => File(response, outcome.Files.Overlay(second), "image/jpeg"),
            "mask" => File(response, Path.Combine(outcome.Files.Folder, outcome.Masks[second].File), "image/png"),
            _ => throw new RefusedException(StatusCodes.Status404NotFound, "there is no such picture, expected frame, mask or overlay"),
        };
    }

    private IResult Sound(HttpResponse response, Job job) => File(response, FindOutcome(job).Files.Sound, "audio/wav");

    private IResult Masks(string id)
    {
        var job = Find(id);
        var outcome = FindOutcome(job);
        var clip = job.Video.Clip is { } index ? Clip(index) : null;
        return Results.Bytes(MaskArchive.Create(job, outcome, clip, run.Subset), "application/zip",
            $"{MaskArchive.PlainName(clip?.Id ?? job.Video.Name)}_masks.zip");
    }

    private ClipInfo Clip(int index) => run.Clips is { } clips && index >= 0 && index < clips.Clips.Count
        ? clips.Clips[index]
        : throw new RefusedException(StatusCodes.Status404NotFound, $"there is no clip {index}");

    private Job Find(string id) => queue.Find(id) ?? throw NotKept();

    private static Outcome FindOutcome(Job job) =>
        job.Status.Outcome ?? throw new RefusedException(StatusCodes.Status409Conflict, "the result is not ready");

    private static RefusedException NotKept() => new(StatusCodes.Status404NotFound, RefusedException.NotKept);

    private static IResult File(HttpResponse response, string path, string type) => Kept(response, Results.Stream(
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), type, enableRangeProcessing: true));

    // What has a name of its own never changes.
    private static IResult Kept(HttpResponse response, IResult result)
    {
        response.Headers.CacheControl = "private, max-age=86400, immutable";
        return result;
    }
}
