using System.Security.Cryptography;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using Avs.Eval.RunReports;
using Avs.Models;
using Avs.Models.Memory;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Train.Reporting;

/// <summary>What reports and galleries of a run look at, and where they compute.</summary>
/// <param name="Split">The split of the data set.</param>
/// <param name="Data">The data set's folder; null: the one of the training.</param>
/// <param name="MostClips">No more clips than this, evenly spread over the split; null: all.</param>
public sealed record MeasureRequest(Split Split, string? Data, int? MostClips, Device Device);

/// <summary>A trained segmenter with the clips that it is shown on.</summary>
public sealed class MeasuredRun : IDisposable
{
    private readonly AudioVisualSegmenter model;
    private readonly FoldedNorms folded;
    private readonly MeasureRequest request;
    private readonly string given;
    private readonly bool isWhole; // whether all clips of the split are there

    private MeasuredRun(
        string given, AudioVisualSegmenter model, SegmentationExperiment experiment, string checkpoint, DataConfig data, IClipDataset clips,
        bool isWhole, MeasureRequest request)
    {
        (this.given, this.model, this.isWhole, this.request) = (given, model, isWhole, request);
        (Experiment, Checkpoint, Data, Clips) = (experiment, checkpoint, data, clips);
        folded = new FoldedNorms(model);
        experiment.Run.Train.ApplyThreads();
    }

    public SegmentationExperiment Experiment { get; }

    /// <summary>The file of its weights.</summary>
    public string Checkpoint { get; }

    /// <summary>The data set, where it was opened.</summary>
    public DataConfig Data { get; }

    public IClipDataset Clips { get; }

    /// <summary>The folder of the run; null where only weights were named.</summary>
    public string? Folder => Directory.Exists(given) ? given : null;

    /// <summary>Where the evaluation of the whole split is kept, and looked for; null without a run's folder.</summary>
    public string? KeptScores => Folder is { } folder ? Path.Combine(folder, $"evaluation-{request.Split.Name()}") : null;

    /// <summary>Loads a run with its clips.</summary>
    /// <param name="path">The folder of a run, a checkpoint, or an experiment with its weights.</param>
    /// <exception cref="UsageException">There is no such run.</exception>
    /// <exception cref="DataException">Its checkpoint or its data are missing or damaged.</exception>
    public static MeasuredRun Open(string path, MeasureRequest request)
    {
        var (model, experiment, checkpoint) = SegmenterFactory.Load(path, request.Device);
        try
        {
            var data = request.Data is { } root ? experiment.Task.Data with { Root = root } : experiment.Task.Data;
            // The files and not their cache, which has no recordings.
            var files = new ExperimentData(data, FrozenSound.Of(model, request.Device)).OpenFiles(request.Split);
            var clips = ClipSubset.Spread(files, request.MostClips);
            return new MeasuredRun(path, model, experiment, checkpoint, data, clips, clips == files, request);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Reads scores that 'avs eval --out' wrote.</summary>
    /// <param name="note">Gets a sentence where nobody can tell any more whose they are.</param>
    /// <exception cref="UsageException">They are of other clips than these, or of other weights.</exception>
    /// <exception cref="DataException">They are missing or damaged.</exception>
    public RunScores ReadScores(string folder, Action<string> note)
    {
        var scores = RunScores.Read(folder);
        if (!Fits(scores))
        {
            throw new UsageException(
                $"the evaluation {folder} is of {scores.Clips.Count} clips of {scores.Metrics.Data.Name}, and not of "
                + $"the {Clips.Clips.Count} of {Clips.Name}");
        }
        var measured = scores.Metrics.Checkpoint;
        if (!File.Exists(measured))
            note($"the evaluation {folder} is of {measured}, which is not there any more; it is taken as that of {Checkpoint}");
        else if (Path.GetFullPath(measured) != Path.GetFullPath(Checkpoint) && !Digest(measured).SequenceEqual(Digest(Checkpoint)))
            throw new UsageException($"the evaluation {folder} is of {measured}, and not of {Checkpoint}");
        return scores;
    }

    /// <summary>
    /// The scores: those that were kept, or of a pass of the network over the clips, which are kept if there are none yet.
    /// </summary>
    /// <param name="progress">Gets the clips done and the clips in all.</param>
    /// <param name="note">Gets a sentence on what is done and why.</param>
    public RunScores FindOrMeasure(Action<int, int> progress, Action<string> note, CancellationToken stop = default)
    {
        var kept = KeptScores;
        var isKept = kept is not null && File.Exists(Path.Combine(kept, EvaluationFolder.MetricsFile));
        if (isKept && isWhole && FindKept(kept!, note) is { } scores)
            return scores;
        var report = Measure(progress, stop);
        if (kept is not null && isWhole && !Path.Exists(kept))
            Keep(report, kept, note);
        return RunScores.From(report);
    }

    /// <summary>What the model finds in some clips with their own sound.</summary>
    /// <param name="places">Their places in <see cref="Clips"/>.</param>
    public IReadOnlyDictionary<int, ClipPrediction> Predict(IReadOnlyList<int> places, CancellationToken stop = default)
    {
        var found = new Dictionary<int, ClipPrediction>();
        var options = Options() with { Observe = prediction => found[places[prediction.Index]] = prediction };
        if (places.Count > 0)
            Evaluator.Run(SegmenterFactory.ForEvaluation(model, Experiment), new ClipSubset(Clips, places), options, AudioCondition.Real,
                stop);
        return found;
    }

    /// <summary>Some pictures under different sounds; null where there are too few clips.</summary>
    /// <param name="scores">Of these clips.</param>
    public Sheet? DrawSounds(RunScores scores, int count, CancellationToken stop = default)
    {
        // A part of the split may hold one clip of a scene and not the other.
        var whole = Clips.Clips.Where(clip => clip.Scene is not null).GroupBy(clip => clip.Scene).Where(scene => scene.Count() > 1)
            .Select(scene => scene.Key).ToHashSet();
        var hasScenes = Clips.Clips.Any(clip => clip.Scene is not null);
        ScoredClip[] candidates = [.. scores.Clips.Where(clip => !hasScenes || whole.Contains(Clips.Clips[clip.Index].Scene))];
        int[] places = [.. ClipChoice.Spread([.. candidates.Select((clip, i) => clip with { Index = i })], count)
            .Select(i => candidates[i].Index)];
        return places.Length == 0 ? null : new SoundSheet(SegmenterFactory.ForEvaluation(model, Experiment), Options(), Clips).Create(
            "The same picture, other sounds", "Clips at even ranks from the best to the worst, each in its middle frame.", places, stop);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        folded.Dispose();
        model.Dispose();
    }

    private void Keep(EvaluationReport report, string kept, Action<string> note)
    {
        try
        {
            using var folder = new EvaluationFolder(kept, Data.Subset);
            folder.Finish(report);
            note($"the evaluation is kept in {kept}");
        }
        catch (UsageException e)
        {
            note($"the evaluation is not kept: {e.Message}"); // others' runs can be looked at all the same
        }
    }

    private RunScores? FindKept(string folder, Action<string> note)
    {
        if (File.GetLastWriteTimeUtc(Path.Combine(folder, EvaluationFolder.MetricsFile)) < File.GetLastWriteTimeUtc(Checkpoint))
        {
            note($"{folder} is older than the checkpoint, so the run is measured anew; delete that folder to have the new scores kept");
            return null;
        }
        var scores = RunScores.Read(folder);
        if (Fits(scores) && Path.GetFullPath(scores.Metrics.Data.Root) == Path.GetFullPath(Data.Root))
            return scores;
        note($"{folder} is of other clips than {Clips.Name} in {Data.Root}, so the run is measured anew");
        return null;
    }

    private static byte[] Digest(string file)
    {
        using var stream = File.OpenRead(file);
        return SHA256.HashData(stream);
    }

    private bool Fits(RunScores scores) => scores.Metrics.Data.Split == request.Split.Name()
        && scores.Clips.Select(clip => clip.Id).SequenceEqual(Clips.Clips.Select(clip => clip.Id));

    private EvaluationReport Measure(Action<int, int> progress, CancellationToken stop)
    {
        var (conditions, leftOut) = AudioConditions.FindPlayable(Clips);
        var options = Options() with
        {
            Quality = true,
            Progress = done => progress(done, Clips.Clips.Count),
        };
        var results = Evaluator.Run(SegmenterFactory.ForEvaluation(model, Experiment), Clips, options, conditions, stop);
        var subject = SegmenterFactory.Describe(given, Checkpoint, Experiment.Task with { Data = Data }, request.Split, options);
        return EvaluationReport.From(subject, results, leftOut, Bootstrap.UsualDraws);
    }

    private EvaluationOptions Options() => SegmenterFactory.EvaluationOptions(Experiment.Task, request.Device);
}
