using System.Diagnostics;
using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Models.Memory;
using Avs.Stamps;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Segmentation;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Cli.Demo;

/// <summary>
/// The whole way in three stages: compose a data set, train, and measure on the test split whether the masks follow the sound: with the
/// clips' own sound, in silence, with the sound of an unrelated clip, and with the sound of the other object in the picture.
/// </summary>
public sealed class Demonstration(SegmentationExperiment experiment, Device device)
{
    private const string FiguresFile = "demo.json";
    private const long ComposeSeed = 1;
    private readonly SegmentationConfig config = experiment.Task;
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private TimeSpan composing, training;
    private TrainingEnd? end;

    /// <summary>The run's folder, once training has begun.</summary>
    public RunFolder? Run { get; private set; }

    /// <summary>Composes the data set where it is absent.</summary>
    /// <param name="report">Gets a line about each part of the work.</param>
    /// <param name="progress">Gets the scenes done and the scenes in all.</param>
    /// <exception cref="DataException">The parts cannot be fetched or the folder cannot be written.</exception>
    public void Compose(Action<string> report, Action<int, int> progress)
    {
        if (Directory.Exists(config.Data.Root) && Directory.EnumerateFileSystemEntries(config.Data.Root).Any())
        {
            report($"data set {config.Data.Root}: here already");
            _ = OpenTest();
            return;
        }
        var begun = Stopwatch.StartNew();
        var size = StampsSize.Demo;
        var threads = Environment.ProcessorCount;
        var cache = PartsCache.OpenOrFetch(CacheFolder.Default(), StampsCatalogue.Default(), report);
        using var parts = StampParts.Load(cache, size.Objects, threads);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(config.Data.Root))!);
        var (s4, ms3) = (config.Data.Subset == Subset.S4 ? size.S4 : null, config.Data.Subset == Subset.MS3 ? size.MS3 : null);
        var options = new ComposeOptions(ComposeSeed, s4, ms3, threads, LabelAllTrainFrames: true);
        var composed = StampsComposer.Compose(config.Data.Root, parts, options, state => progress(state.Scenes, state.Total));
        composing = begun.Elapsed;
        report($"data set {config.Data.Root}: {composed.Clips} clips composed in {composing:m\\:ss}");
    }

    /// <param name="runs">The folder of all runs.</param>
    /// <param name="listener">Follows the training.</param>
    /// <param name="stop">Asks to finish the step, save and end.</param>
    /// <returns>Whether training came to its end.</returns>
    public bool Train(string runs, ITrainingListener listener, CancellationToken stop)
    {
        var begun = Stopwatch.StartNew();
        (Run, end) = TrainingRun.Begin(experiment.ToExperiment(), runs, null, device, listener, stop);
        training = begun.Elapsed;
        return end.Finished;
    }

    /// <summary>Measures the best checkpoint, draws the pictures, and writes the figures into `demo.json` last.</summary>
    /// <param name="report">Gets a line about each part of the work.</param>
    public DemoReport Measure(Action<string> report)
    {
        var run = Run ?? throw new InvalidOperationException("there is nothing to measure before training");
        var (model, _, _) = SegmenterFactory.Load(run.BestPath, device);
        using (model)
        {
            using var folded = new FoldedNorms(model);
            var segmenter = SegmenterFactory.ForEvaluation(model, experiment);
            var options = SegmenterFactory.EvaluationOptions(config, device);
            var (test, newRecordings) = OpenTest();

            report($"measuring on {test.Clips.Count} test clips: their own sound, silence, that of an unrelated clip, that of the other "
                + "object");
            var results = Evaluator.Run(segmenter, test, options,
                [AudioCondition.Real, AudioCondition.Muted, AudioCondition.Swapped, AudioCondition.Other]);
            var (real, muted, swapped, other) = (results[0], results[1], results[2], results[3]);
            report($"measuring on {newRecordings.Clips.Count} test clips whose recordings training never had");
            var unheard = newRecordings.Clips.Count == 0 ? null : Evaluator.Run(segmenter, newRecordings, options, AudioCondition.Real);
            report("measuring answers that need no model");
            double Without(Baseline baseline) => Baselines.Run(baseline, test, experiment.Run.Seed).Scores.Miou;

            var figures = new DemoFigures
            {
                Miou = real.Scores.Miou,
                FScore = real.Scores.FScore,
                MiouMuted = muted.Scores.Miou,
                MiouSwapped = swapped.Scores.Miou,
                MiouOther = other.Scores.Miou,
                MiouOtherAgainstOriginal = other.AgainstOriginal!.Miou,
                MiouUnheard = unheard?.Scores.Miou,
                FScoreUnheard = unheard?.Scores.FScore,
                MiouBackground = Without(Baseline.AllBackground),
                MiouEveryObject = Without(Baseline.EveryObject),
                MiouRandomObject = Without(Baseline.RandomObject),
                Clips = test.Clips.Count,
                ClipsUnheard = newRecordings.Clips.Count,
                Protocol = Protocol.AvsBench.Name(),
                Steps = end!.Progress.Step,
                SecondsCompose = composing.TotalSeconds,
                SecondsTrain = training.TotalSeconds,
                Seconds = 0,
                Pictures = DemoPage.PictureFile,
            };
            report("drawing pictures");
            var page = new DemoPage(segmenter, options, test).Write(run.FullPath, real.Scores.Clips, figures);
            figures = figures with { Seconds = watch.Elapsed.TotalSeconds };
            var path = Path.Combine(run.FullPath, FiguresFile);
            figures.Write(path);
            return new DemoReport(figures, page, path);
        }
    }

    // The test clips in two parts: recordings that training had (in new pictures, places, speeds and gains), and recordings it never had.
    private (IClipDataset Known, IClipDataset New) OpenTest()
    {
        var test = AvsBenchDataset.Open(config.Data.Root, config.Data.Subset, Split.Test);
        if (test.Clips.Any(clip => clip.Scene is null))
        {
            throw new UsageException($"{config.Data.Root}: the demo gives the model, with each picture, the sound of its other object, " +
                "which needs scenes as AVS-Stamps has them (stamps.csv); found none");
        }
        return (ClipSubset.Where(test, clip => clip.RecordingSeen != false), ClipSubset.Where(test, clip => clip.RecordingSeen == false));
    }
}

/// <param name="Page">The web page of pictures.</param>
/// <param name="FiguresFile">The figures as a JSON file.</param>
public sealed record DemoReport(DemoFigures Figures, string Page, string FiguresFile);
