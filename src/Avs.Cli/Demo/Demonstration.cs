using System.Diagnostics;
using Avs.Core;
using Avs.Core.Configuration;
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
/// The whole way in three stages: compose a data set, train, and ask on the test split whether the model finds what sounds because it
/// listens: with the clips' own sound, in silence, with a stranger's sound, and with the sound of the other object in the picture.
/// </summary>
/// <param name="experiment">The experiment.</param>
/// <param name="device">Where to compute.</param>
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
    /// <param name="says">Told in a few words what is being done.</param>
    /// <param name="progress">Told the scenes done and the scenes in all.</param>
    /// <exception cref="DataException">The parts cannot be fetched or the folder cannot be written.</exception>
    public void Compose(Action<string> says, Action<int, int> progress)
    {
        if (Directory.Exists(config.Data.Root) && Directory.EnumerateFileSystemEntries(config.Data.Root).Any())
        {
            says($"data set {config.Data.Root}: here already");
            _ = OpenTest();
            return;
        }
        var begun = Stopwatch.StartNew();
        var size = StampsSize.Demo;
        var threads = Environment.ProcessorCount;
        var cache = PartsCache.OpenOrFetch(CacheFolder.Default(), StampsCatalogue.Default(), says);
        using var parts = StampParts.Load(cache, size.Objects, threads);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(config.Data.Root))!);
        var report = StampsComposer.Compose(config.Data.Root, parts,
            new ComposeOptions(
                ComposeSeed, config.Data.Subset == Subset.S4 ? size.S4 : null, config.Data.Subset == Subset.MS3 ? size.MS3 : null, threads,
                LabelAllTrainFrames: true), state => progress(state.Scenes, state.Total));
        composing = begun.Elapsed;
        says($"data set {config.Data.Root}: {report.Clips} clips composed in {composing:m\\:ss}");
    }

    /// <summary>Trains.</summary>
    /// <param name="runs">The folder of all runs.</param>
    /// <param name="listener">Follows the run.</param>
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
    /// <param name="says">Told in a few words what is being done.</param>
    public DemoReport Measure(Action<string> says)
    {
        var run = Run ?? throw new InvalidOperationException("there is nothing to measure before training");
        var (model, _, _) = SegmenterFactory.Load(run.BestPath, device);
        using (model)
        {
            using var folded = new FoldedNorms(model);
            var mode = EvalMode.Reference;
            var segmenter = SegmenterFactory.ForEvaluation(model, experiment);
            var options = SegmenterFactory.EvaluationOptions(config, device, mode);
            var (test, unheard) = OpenTest();

            EvaluationResult Hearing(AudioCondition audio, string what)
            {
                says($"measuring on {test.Clips.Count} test clips: {what}");
                return Evaluator.Run(segmenter, test, options, audio);
            }
            var real = Hearing(AudioCondition.Real, "their own sound");
            var muted = Hearing(AudioCondition.Muted, "silence");
            var swapped = Hearing(AudioCondition.Swapped, "a stranger's sound");
            var other = Hearing(AudioCondition.Other, "the other object's sound");
            says($"measuring on {unheard.Clips.Count} test clips whose recordings training never had");
            var stranger = unheard.Clips.Count == 0 ? null : Evaluator.Run(segmenter, unheard, options, AudioCondition.Real);
            says("measuring answers that need no model");
            double Without(Baseline baseline) => Baselines.Run(baseline, test, mode, experiment.Run.Seed).Scores.Miou;

            var figures = new DemoFigures
            {
                Miou = real.Scores.Miou,
                FScore = real.Scores.FScore,
                MiouMuted = muted.Scores.Miou,
                MiouSwapped = swapped.Scores.Miou,
                MiouOther = other.Scores.Miou,
                MiouOtherAgainstOriginal = other.AgainstOriginal!.Miou,
                MiouUnheard = stranger?.Scores.Miou,
                FScoreUnheard = stranger?.Scores.FScore,
                MiouBackground = Without(Baseline.AllBackground),
                MiouEveryObject = Without(Baseline.EveryObject),
                MiouRandomObject = Without(Baseline.RandomObject),
                Clips = test.Clips.Count,
                ClipsUnheard = unheard.Clips.Count,
                Mode = RecordReader.SnakeCase(mode.ToString()),
                Steps = end!.Progress.Step,
                SecondsCompose = composing.TotalSeconds,
                SecondsTrain = training.TotalSeconds,
                Seconds = 0,
                Pictures = DemoPage.PictureFile,
            };
            says("drawing pictures");
            var page = new DemoPage(segmenter, options, test).Write(run.FullPath, real.Scores.Clips, figures);
            figures = figures with { Seconds = watch.Elapsed.TotalSeconds };
            var path = Path.Combine(run.FullPath, FiguresFile);
            figures.Write(path);
            return new DemoReport(figures, page, path);
        }
    }

    // The test clips in two parts: recordings that training had (in new pictures, places, speeds and gains), and recordings it never had.
    private (IClipDataset Heard, IClipDataset Unheard) OpenTest()
    {
        var test = AvsBenchDataset.Open(config.Data.Root, config.Data.Subset, Split.Test);
        if (test.Clips.Any(clip => clip.Scene is null))
            throw new UsageException($"{config.Data.Root}: the demo plays each picture the sound of its other object, which needs scenes as AVS-Stamps has them (stamps.csv); found none");
        return (ClipSubset.Where(test, clip => clip.RecordingSeen != false), ClipSubset.Where(test, clip => clip.RecordingSeen == false));
    }
}

/// <summary>What the demo ends with.</summary>
/// <param name="Figures">What it measured.</param>
/// <param name="Page">The web page of pictures.</param>
/// <param name="FiguresFile">The figures as a JSON file.</param>
public sealed record DemoReport(DemoFigures Figures, string Page, string FiguresFile);
