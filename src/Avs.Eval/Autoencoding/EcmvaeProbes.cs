using System.Diagnostics;
using Avs.Core;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Models;
using Avs.Models.Ecmvae;
using static TorchSharp.torch;

// The linear probes of multimodal VAEs, for ECMVAE's codes: c of picture and sound, s_v of the picture, s_a of the sound. Each is one
// vector [K] a frame, so nothing is pooled over space. The means of the prior path are what the model has at test time; those of the
// posterior path saw the mask. What is looked for, in the labelled frames whose mask is not empty:
//
//   class            of the object that sounds: picture and sound both say it         c high, s_v and s_a low
//   position         the quadrant of the mask's centre of mass: only the picture      s_v high, c and s_a low
//   silent object    the class of the other object in the picture, where the clips'   s_v high, c and s_a low
//                    table tells scenes (AVS-Stamps): only the picture
//
// The tables do not name backgrounds, and no background is in more than one split, so there is no probe of it.

namespace Avs.Eval.Autoencoding;

/// <summary>The linear probes of an ECMVAE.</summary>
/// <param name="TrainFrames">Labelled frames that probes learned from.</param>
/// <param name="TestFrames">Labelled frames that they were tested on.</param>
/// <param name="Prior">Of the codes at test time.</param>
/// <param name="Posterior">Of the codes that saw the masks.</param>
public sealed record EcmvaeProbeResult(
    string Dataset, int TrainFrames, int TestFrames, IReadOnlyList<ProbeResult> Prior, IReadOnlyList<ProbeResult> Posterior, double Seconds)
{
    /// <summary>The task, so that what reads the JSON of several runs can tell them apart.</summary>
    public string Task => "segmentation";
}

/// <summary>How an ECMVAE's codes are collected.</summary>
/// <param name="ImageSize">Side of the square pictures that the model takes.</param>
public sealed record EcmvaeProbeOptions(int ImageSize)
{
    public int ClipsPerBatch { get; init; } = 4;

    public int Threads { get; init; } = 2;

    public Device? Device { get; init; }

    /// <summary>Called with the number of clips done so far, of both splits.</summary>
    public Action<int>? Progress { get; init; }
}

/// <summary>Linear probes of ECMVAE's codes.</summary>
public static class EcmvaeProbes
{
    private const string Class = "class", Position = "position", SilentObject = "silent object";
    private static readonly string[] Quadrants = ["top left", "top right", "bottom left", "bottom right"];

    /// <summary>Runs the model over both splits and probes its codes.</summary>
    /// <param name="model">An ECMVAE; it is set to evaluation mode.</param>
    /// <exception cref="UsageException">The model is no ECMVAE, or nothing can be looked for in the clips.</exception>
    /// <exception cref="DataException">A clip cannot be read.</exception>
    public static EcmvaeProbeResult Run(AudioVisualSegmenter model, IClipDataset train, IClipDataset test, EcmvaeProbeOptions options)
    {
        if (model.Network is not EcmvaeModel)
            throw new UsageException("the probes look into the codes of an ECMVAE, and this model has none");
        var watch = Stopwatch.StartNew();
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        model.eval();
        var (known, asked) = (Collect(model, train, options, 0), Collect(model, test, options, train.Clips.Count));
        if (known.Frames == 0 || asked.Frames == 0)
        {
            throw new UsageException(
                $"no frame of {(known.Frames == 0 ? train : test).Name} has a mask that is not empty: there is nothing to look for");
        }
        return new EcmvaeProbeResult(
            test.Name, known.Frames, asked.Frames, Probe(known.Prior, asked.Prior, known, asked),
            Probe(known.Posterior, asked.Posterior, known, asked), watch.Elapsed.TotalSeconds);
    }

    // Codes by their symbol [n,K], and what is known of each frame.
    private sealed record Collected(
        IReadOnlyDictionary<string, Tensor> Prior, IReadOnlyDictionary<string, Tensor> Posterior,
        IReadOnlyDictionary<string, string?[]> Factors)
    {
        public int Frames => Factors[Position].Length;
    }

    private static Collected Collect(AudioVisualSegmenter model, IClipDataset dataset, EcmvaeProbeOptions options, int doneBefore)
    {
        var silent = SilentObjects(dataset);
        var prior = new Dictionary<string, List<Tensor>>();
        var posterior = new Dictionary<string, List<Tensor>>();
        var factors = new Dictionary<string, List<string?>> { [Class] = [], [Position] = [], [SilentObject] = [] };
        using var loader = new ClipLoader(dataset,
            new LoaderOptions(new BatchOptions(options.ImageSize), options.ClipsPerBatch) { Cache = false, Threads = options.Threads });
        var done = doneBefore;
        foreach (var batch in loader.Epoch(0))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                var positions = CentreQuadrants(batch.Masks);
                int[] kept = [.. Enumerable.Range(0, positions.Length).Where(i => positions[i] is not null)];
                if (kept.Length > 0)
                {
                    var output = (EcmvaeOutput)model.call(Segmenters.InputFrom(batch, options.Device ?? CPU, masks: true));
                    var labelled = batch.Labelled.to(batch.Labelled.dtype, options.Device ?? CPU);
                    var chosen = tensor(kept.Select(i => (long)i).ToArray(), device: options.Device ?? CPU);
                    Add(prior, output.Prior.Codes.Rows(labelled).Rows(chosen));
                    var seen = output.Posterior!.Codes;
                    Add(posterior, (output.AnnotatedRows is null ? seen.Rows(labelled) : seen).Rows(chosen));
                }
                var rows = batch.Labelled.data<long>().ToArray();
                foreach (var i in kept)
                {
                    var clip = batch.Clips[(int)(rows[i] / batch.FramesPerClip)];
                    factors[Class].Add(clip.Category.Length > 0 ? clip.Category : null);
                    factors[Position].Add(positions[i]);
                    factors[SilentObject].Add(silent.GetValueOrDefault(clip.Id));
                }
                options.Progress?.Invoke(done += batch.Clips.Count);
            }
        }
        static Dictionary<string, Tensor> Joined(Dictionary<string, List<Tensor>> codes) =>
            codes.ToDictionary(entry => entry.Key, entry => cat(entry.Value));
        return new Collected(Joined(prior), Joined(posterior), factors.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray()));
    }

    private static void Add(Dictionary<string, List<Tensor>> codes, LatentCodes some)
    {
        foreach (var (symbol, code) in ((string, LatentCode?)[])[("c", some.Shared), ("s_v", some.Visual), ("s_a", some.Audio)])
        {
            if (code is null)
                continue;
            if (!codes.TryGetValue(symbol, out var list))
                codes[symbol] = list = [];
            list.Add(code.Mean.cpu().MoveToOuterDisposeScope());
        }
    }

    private static List<ProbeResult> Probe(
        IReadOnlyDictionary<string, Tensor> train, IReadOnlyDictionary<string, Tensor> test, Collected known, Collected asked)
    {
        var results = new List<ProbeResult>();
        foreach (var factor in known.Factors.Keys)
        {
            var classes = factor == Position
                ? Quadrants
                : [.. known.Factors[factor].OfType<string>().Distinct().Order(StringComparer.Ordinal)];
            int Label(string? name) => name is null ? -1 : Array.IndexOf(classes, name);
            var (trainLabels, testLabels) = (known.Factors[factor].Select(Label).ToArray(), asked.Factors[factor].Select(Label).ToArray());
            if (!known.Factors[factor].Concat(asked.Factors[factor]).OfType<string>().Any())
                continue;
            var isLearnable = trainLabels.Where(label => label >= 0).Distinct().Count() > 1 && testLabels.Any(label => label >= 0);
            foreach (var symbol in train.Keys)
            {
                using var scope = NewDisposeScope();
                var right = factor == Class ? "c" : "s_v";
                results.Add(ProbeResult.From(symbol, factor, symbol == right ? ProbeResult.High : ProbeResult.Low, !isLearnable ? [] :
                [
                    LinearProbe.Score(
                        Known(train[symbol], trainLabels), [.. trainLabels.Where(label => label >= 0)],
                        Known(test[symbol], testLabels), [.. testLabels.Where(label => label >= 0)], classes.Length),
                ]));
            }
        }
        return results;
    }

    // The codes of the frames of which the factor is known.
    private static Tensor Known(Tensor codes, int[] labels) => codes.index_select(
        0, tensor(Enumerable.Range(0, labels.Length).Where(i => labels[i] >= 0).Select(i => (long)i).ToArray()));

    // The quadrant of each mask's centre of mass [M,1,S,S]; null of an empty one.
    internal static string?[] CentreQuadrants(Tensor masks)
    {
        using var scope = NewDisposeScope();
        var side = masks.shape[^1];
        var places = arange(side, ScalarType.Float32) + 0.5f;
        var mass = ImageBatches.Numbers(masks.sum([1, 2, 3]));
        var x = ImageBatches.Numbers((masks.sum([1, 2]) * places).sum(1)); // [M]
        var y = ImageBatches.Numbers((masks.sum([1, 3]) * places).sum(1));
        return [.. mass.Select((m, i) => m == 0 ? null : Quadrants[(y[i] / m < side / 2.0 ? 0 : 2) + (x[i] / m < side / 2.0 ? 0 : 1)])];
    }

    // Of each clip whose scene has another clip, the class of that one's object.
    private static Dictionary<string, string> SilentObjects(IClipDataset dataset) => dataset.Clips
        .Where(clip => clip.Scene is not null && clip.Category.Length > 0)
        .GroupBy(clip => clip.Scene)
        .Where(scene => scene.Count() == 2)
        .SelectMany(scene => new[] { (Clip: scene.First(), Other: scene.Last()), (Clip: scene.Last(), Other: scene.First()) })
        .ToDictionary(pair => pair.Clip.Id, pair => pair.Other.Category);
}
