using System.Diagnostics;
using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Models;
using Avs.Models.Memory;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Bench;

/// <summary>How evaluation is measured.</summary>
/// <param name="Frames">Frames that the two ways of scoring score.</param>
/// <param name="Side">Their side in pixels.</param>
/// <param name="Rounds">Measurements; the median counts.</param>
/// <param name="Clips">Clips that a pass over a data set takes.</param>
public sealed record EvalBenchmarkOptions(int Frames = 8, int Side = 224, int Rounds = 5, int Clips = 40)
{
    /// <summary>The run, or an experiment with random weights, whose evaluation is measured; null: only scoring is.</summary>
    public string? Run { get; init; }

    /// <summary>The data set's folder; null: the one of the training.</summary>
    public string? Data { get; init; }

    /// <summary>Gets a line about each measurement as it begins.</summary>
    public Action<string>? Report { get; init; }
}

/// <summary>What a pass over clips costs.</summary>
/// <param name="Conditions">How many sounds are played.</param>
/// <param name="Times">Of the pass with the median time.</param>
public sealed record PassCost(int Conditions, EvaluationTimes Times)
{
    /// <summary>The network's share of the time.</summary>
    public double NetworkShare => Times.Network / Times.All;
}

/// <param name="EngineMs">Milliseconds a frame of <see cref="FrameScorer"/>, from tensors to curves.</param>
/// <param name="LoopMs">Milliseconds a frame of the reference's loop over 255 thresholds on the same tensors.</param>
/// <param name="Difference">Largest difference of their precisions and recalls.</param>
/// <param name="Passes">Passes over a data set, under one sound first and then under several; empty without a run.</param>
public sealed record EvalBenchmarkReport(double EngineMs, double LoopMs, double Difference, IReadOnlyList<PassCost> Passes)
{
    /// <summary>How many times as fast the histogram is.</summary>
    public double Ratio => LoopMs / EngineMs;

    /// <summary>The time of the last pass over that of the first; null without both.</summary>
    public double? CostOfSeveral => Passes.Count < 2 ? null : Passes[^1].Times.All / Passes[0].Times.All;
}

/// <summary>Measures scoring beside the reference's loop, and where the time of an evaluation goes.</summary>
public static class EvalBenchmark
{
    // Calls until the scorer is compiled for good.
    private const int WarmUp = 50;

    private static readonly AudioCondition[][] Sounds =
    [
        [AudioCondition.Real],
        [AudioCondition.Real, AudioCondition.Muted, AudioCondition.Noise, AudioCondition.OffScreen, AudioCondition.Swapped],
    ];

    /// <exception cref="UsageException">The run, or a sound that its data set cannot play, is not there.</exception>
    public static EvalBenchmarkReport Run(EvalBenchmarkOptions options)
    {
        options.Report?.Invoke("scoring, by a histogram and by the loop over 255 thresholds");
        using var scope = NewDisposeScope();
        var (logits, truth) = Frames(options);
        var (engine, loop) = (new List<double>(), new List<double>());
        FrameScore[] scores = [];
        (float[] Precision, float[] Recall)[] curves = [];
        for (var i = 0; i < WarmUp; i++)
            Score(logits, truth);
        for (var round = 0; round < options.Rounds; round++)
        {
            engine.Add(Milliseconds(() => scores = Score(logits, truth)));
            loop.Add(Milliseconds(() => curves = Loop(logits, truth)));
        }
        var difference = scores.Zip(curves).Max(pair => Math.Max(
            Largest(pair.First.Precision!, pair.Second.Precision), Largest(pair.First.Recall!, pair.Second.Recall)));
        return new EvalBenchmarkReport(
            Median(engine) / options.Frames, Median(loop) / options.Frames, difference, options.Run is null ? [] : Passes(options));
    }

    // Blurred disks, as networks predict them: mostly sure of the background, with a soft edge.
    private static (Tensor Logits, Tensor Truth) Frames(EvalBenchmarkOptions options)
    {
        var random = new NamedRandom(1, "bench/eval");
        var (logits, truth) = (new List<float>(), new List<byte>());
        for (var frame = 0; frame < options.Frames; frame++)
        {
            double x = random.Uniform(0.2, 0.8), y = random.Uniform(0.2, 0.8), radius = random.Uniform(0.1, 0.3);
            for (var i = 0; i < options.Side * options.Side; i++)
            {
                var distance = Math.Sqrt(Math.Pow((double)(i % options.Side) / options.Side - x, 2)
                    + Math.Pow((double)(i / options.Side) / options.Side - y, 2));
                logits.Add((float)(40 * (radius - distance) + random.NextNormal()));
                truth.Add(distance < radius * 1.1 ? (byte)1 : (byte)0);
            }
        }
        long[] shape = [options.Frames, options.Side, options.Side];
        return (tensor(logits.ToArray(), shape), tensor(truth.ToArray(), shape));
    }

    private static FrameScore[] Score(Tensor logits, Tensor truth)
    {
        var (values, masks) = (logits.ToFloats(), truth.bytes.ToArray());
        var (scorer, frames) = (new FrameScorer(), (int)logits.shape[0]);
        var pixels = values.Length / frames;
        var scores = new FrameScore[frames];
        for (var i = 0; i < frames; i++)
        {
            scores[i] = scorer.Score(values.AsSpan(i * pixels, pixels), masks.AsSpan(i * pixels, pixels));
            _ = scores[i].F;
        }
        return scores;
    }

    // AVSBench's: for every threshold the map is compared, multiplied and summed.
    private static (float[] Precision, float[] Recall)[] Loop(Tensor logits, Tensor truth) =>
    [
        .. Enumerable.Range(0, (int)logits.shape[0]).Select(frame =>
        {
            using var scope = NewDisposeScope();
            var (precision, recall) = (new float[FScoreThresholds.Count], new float[FScoreThresholds.Count]);
            var (probabilities, mask) = (logits[frame].sigmoid(), truth[frame].to(ScalarType.Float32));
            for (var i = 0; i < FScoreThresholds.Count; i++)
            {
                using var inner = NewDisposeScope();
                var positive = probabilities.ge(FScoreThresholds.Values[i]).to(ScalarType.Float32);
                var both = (positive * mask).sum();
                precision[i] = (both / (positive.sum() + 1e-20)).item<float>();
                recall[i] = (both / (mask.sum() + 1e-20)).item<float>();
            }
            return (precision, recall);
        }),
    ];

    private static PassCost[] Passes(EvalBenchmarkOptions options)
    {
        var (model, experiment) = Open(options.Run!);
        using (model)
        {
            experiment.Run.Train.ApplyThreads();
            var data = options.Data is { } root ? experiment.Task.Data with { Root = root } : experiment.Task.Data;
            var clips = ClipSubset.Spread(new ExperimentData(data, null).OpenFiles(Split.Test), options.Clips);
            using var folded = new FoldedNorms(model);
            var segmenter = SegmenterFactory.ForEvaluation(model, experiment);
            var evaluation = SegmenterFactory.EvaluationOptions(experiment.Task, CPU);
            EvaluationTimes Pass(AudioCondition[] sounds) => Evaluator.Run(segmenter, clips, evaluation, sounds)[0].Times;
            options.Report?.Invoke($"passes over {clips.Name}, under one sound and under {Sounds[^1].Length}, in turn");
            Pass(Sounds[0]); // the first reads cold files and compiles
            var passes = Sounds.Select(_ => new List<EvaluationTimes>()).ToArray();
            for (var round = 0; round < options.Rounds; round++)
                for (var i = 0; i < Sounds.Length; i++)
                    passes[i].Add(Pass(Sounds[i]));
            return [.. Sounds.Zip(passes, (sounds, times) => new PassCost(
                sounds.Length, times.OrderBy(time => time.All).ElementAt(times.Count / 2)))];
        }
    }

    // Weights do not matter to the cost, so an experiment needs none.
    private static (AudioVisualSegmenter Model, SegmentationExperiment Experiment) Open(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".yaml" or ".yml"))
            return SegmenterFactory.Load(path, CPU) is var (trained, of, _) ? (trained, of) : default;
        var experiment = SegmentationExperiment.Load(path).WithoutWeights();
        var model = SegmenterFactory.Create(experiment, CPU);
        model.eval();
        return (model, experiment);
    }

    private static double Largest(float[] one, float[] other) => one.Zip(other, (a, b) => Math.Abs(a - b)).Max();

    private static double Milliseconds(Action work)
    {
        var begun = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
