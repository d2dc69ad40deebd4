using System.Diagnostics;
using System.Globalization;
using Avs.Core;
using Avs.Data.Media;
using Avs.Eval.Evaluation;
using Avs.Eval.Prediction;
using Avs.Eval.RunReports;

namespace Avs.Serve.Jobs;

/// <summary>What is done with the jobs of a server. One at a time.</summary>
/// <param name="log">Gets a line on each job.</param>
public sealed class JobWork(ServedRun run, ServeOptions options, WorkFolder folder, Action<string> log)
{
    private UploadLimits Limits => new(options.LongestSeconds, options.MostPixels);

    /// <summary>Looks at an uploaded video, so that most mistakes show at once.</summary>
    /// <exception cref="DataException">It is no video, or a longer or larger one than allowed.</exception>
    public void RequireVideo(string file) => VideoPrediction.Open(CreateOptions(file, "check"));

    /// <summary>Looks at an uploaded recording.</summary>
    /// <exception cref="DataException">It has no sound.</exception>
    public static void RequireSound(string file)
    {
        if (MediaFile.Read(file, selfContained: true).Sound is null)
            throw new DataException($"{file} has no sound");
    }

    /// <summary>Runs a job to its end, whatever that is.</summary>
    public void Run(Job job, CancellationToken stop)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stop, job.Cancelled);
        limited.CancelAfter(options.LongestJob);
        var watch = Stopwatch.StartNew();
        job.Status = new JobStatus(JobState.Reading);
        job.Status = Try(job, limited.Token, stop);
        var result = job.Status.Error ?? string.Create(CultureInfo.InvariantCulture,
            $"{job.Status.Outcome?.Masks.Count} masks in {watch.Elapsed.TotalSeconds:0.0} s");
        log($"{job.Video.Name}, {job.Sound.Label}: {result}");
    }

    /// <summary>A sentence as others may read it, without this machine's paths.</summary>
    public string Clean(string sentence, Video? video = null, Sound? sound = null)
    {
        foreach (var (path, name) in (IEnumerable<(string?, string)>)
            [
                (video?.File, video?.Name ?? ""), (sound?.File, sound?.Label ?? ""),
                (folder.Root, "the work folder"), (run.DataFolder, "the data set"),
            ])
        {
            if (!string.IsNullOrEmpty(path))
                sentence = sentence.Replace($"file:{path}", name, StringComparison.Ordinal).Replace(path, name, StringComparison.Ordinal);
        }
        return sentence;
    }

    private JobStatus Try(Job job, CancellationToken limited, CancellationToken stop)
    {
        JobStatus Failed(string sentence) => new(JobState.Failed, Error: sentence);
        try
        {
            var outcome = job.Video.Clip is { } clip ? RunClip(job, clip, limited) : RunVideo(job, limited);
            return new JobStatus(JobState.Ready, Outcome: outcome);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested || job.Cancelled.IsCancellationRequested)
        {
            return Failed("stopped");
        }
        catch (OperationCanceledException)
        {
            return Failed(string.Create(CultureInfo.InvariantCulture,
                $"it took longer than {options.LongestJob.TotalSeconds:0} s, the most that this server gives to a video, and was stopped"));
        }
        catch (AvsException e)
        {
            return Failed(Clean(e.Message, job.Video, job.Sound));
        }
        catch (Exception e) // one job must not end the server
        {
            log($"error: {e}");
            return Failed("the program failed; what went wrong stands where the server was started");
        }
    }

    private Outcome RunVideo(Job job, CancellationToken stop)
    {
        var prediction = CreateOptions(job.Video.File!, job.Id) with
        {
            Muted = job.Sound.Kind == SoundKind.Muted,
            Sound = job.Sound.Kind == SoundKind.Clip ? WriteSound(job) : job.Sound.File,
        };
        var result = VideoPrediction.Open(prediction).Run(run.CreateSegmenter(), run.Evaluation,
            (done, all) => job.Status = new JobStatus(JobState.Running, done, all), stop);
        List<string> notes = [.. result.Notes.Select(note => Clean(note, job.Video, job.Sound))];
        if (!result.HasSound && job.Sound.Kind == SoundKind.Own)
            notes.Add("the video has no sound: the model was given silence");
        return new Outcome(new PlaybackFiles(prediction.Folder), result.Masks, result.Width, result.Height,
            [.. result.Masks.Select(_ => (double?)null)], notes);
    }

    private Outcome RunClip(Job job, int index, CancellationToken stop)
    {
        var heard = HeardClip.Load(run.Clips!, index, job.Sound);
        var frames = heard.Clip.FramesPresent;
        job.Status = new JobStatus(JobState.Running, 0, frames);
        ClipPrediction? found = null;
        Evaluator.Run(run.CreateSegmenter(), heard.AsDataset(run.Clips!),
            run.Evaluation with { Observe = seen => found = seen, Threads = 1 }, AudioCondition.Real, stop);
        stop.ThrowIfCancellationRequested();
        var isOwn = job.Sound.Kind == SoundKind.Own;
        var files = new PlaybackFiles(ResultFolder(job.Id));
        var masks = files.WriteClip(heard.Clip, found!, truth: isOwn, heard.Recording);
        double? Iou(int frame) => isOwn && Array.IndexOf(found!.LabelledFrames, frame) is >= 0 and var at ? found.Frames[at].Iou : null;
        var isUnheard = heard.Recording is null && job.Sound.Kind != SoundKind.Muted;
        return new Outcome(files, masks, found!.Width, found.Height, [.. Enumerable.Range(0, frames).Select(Iou)],
            isUnheard ? ["the data set keeps no recording of this sound: the model hears it, the page cannot play it"] : []);
    }

    private PredictionOptions CreateOptions(string file, string id) => new(file, ResultFolder(id)) { Upload = Limits, ForPlayback = true };

    private string ResultFolder(string id) => Path.Combine(folder.PathOf(id), "result");

    // A clip's sound as a file beside the result, for predictions take files.
    private string WriteSound(Job job)
    {
        var index = job.Sound.Clip!.Value;
        var sound = run.Clips!.LoadWaveform(index) ?? throw new DataException(
            $"the data set keeps no recording of the clip {run.Clips.Clips[index].Id}, so a video cannot be given its sound");
        var path = Path.Combine(Directory.CreateDirectory(folder.PathOf(job.Id)).FullName, "sound.wav");
        File.WriteAllBytes(path, PageSound.From(sound, options.LongestSeconds).Wav);
        return path;
    }
}
