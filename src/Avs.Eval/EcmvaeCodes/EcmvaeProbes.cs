using System.Diagnostics;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Autoencoding;
using Avs.Models;
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

namespace Avs.Eval.EcmvaeCodes;

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

/// <summary>Linear probes of ECMVAE's codes.</summary>
public static class EcmvaeProbes
{
    private const string Class = "class", Position = "position", SilentObject = "silent object";

    /// <summary>Runs the latent encoders over both splits and probes their codes.</summary>
    /// <param name="model">An ECMVAE; it is set to evaluation mode.</param>
    /// <exception cref="UsageException">The model is no ECMVAE, or nothing can be looked for in the clips.</exception>
    /// <exception cref="DataException">A clip cannot be read.</exception>
    public static EcmvaeProbeResult Run(AudioVisualSegmenter model, IClipDataset train, IClipDataset test, CodePassOptions options)
    {
        var watch = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        var known = CodePass.Collect(model, train, options);
        var asked = CodePass.Collect(model, test, options with { Progress = done => options.Progress?.Invoke(train.Clips.Count + done) });
        return Run(known, asked) with { Seconds = watch.Elapsed.TotalSeconds };
    }

    /// <summary>Probes codes that were collected.</summary>
    /// <param name="known">The codes to learn from.</param>
    /// <param name="asked">The codes to be tested on.</param>
    /// <exception cref="UsageException">Nothing can be looked for in one of the two.</exception>
    public static EcmvaeProbeResult Run(CollectedCodes known, CollectedCodes asked)
    {
        var watch = Stopwatch.StartNew();
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var (train, test) = (Looked.Into(known), Looked.Into(asked));
        if (train.Frames.Count == 0 || test.Frames.Count == 0)
        {
            var empty = train.Frames.Count == 0 ? known : asked;
            throw new UsageException($"no frame of {empty.Dataset} has a mask that is not empty: there is nothing to look for");
        }
        return new EcmvaeProbeResult(
            asked.Dataset, train.Frames.Count, test.Frames.Count, Probe(train, test, looked => looked.Prior),
            Probe(train, test, looked => looked.Posterior), watch.Elapsed.TotalSeconds);
    }

    // The frames in which something is looked for, and their codes by symbol [n,K].
    private sealed record Looked(
        IReadOnlyList<CodedFrame> Frames, IReadOnlyDictionary<string, Tensor> Prior, IReadOnlyDictionary<string, Tensor> Posterior)
    {
        public static Looked Into(CollectedCodes codes)
        {
            int[] kept = [.. Enumerable.Range(0, codes.Labelled.Count).Where(m => codes.Frames[codes.Labelled[m]].Position is not null)];
            int[] rows = [.. kept.Select(m => codes.Labelled[m])];
            return new Looked(
                [.. rows.Select(row => codes.Frames[row])],
                codes.Factors.ToDictionary(factor => factor.Symbol, factor => Chosen(factor.Prior.Mean, rows)),
                codes.Factors.ToDictionary(factor => factor.Symbol, factor => Chosen(factor.Posterior.Mean, kept)));
        }

        public string?[] Values(string factor) => [.. Frames.Select(frame => factor switch
        {
            Class => frame.Category,
            Position => frame.Position,
            _ => frame.SilentObject,
        })];
    }

    private static List<ProbeResult> Probe(Looked known, Looked asked, Func<Looked, IReadOnlyDictionary<string, Tensor>> path)
    {
        var results = new List<ProbeResult>();
        var (train, test) = (path(known), path(asked));
        foreach (var factor in (string[])[Class, Position, SilentObject])
        {
            var (trainValues, testValues) = (known.Values(factor), asked.Values(factor));
            var classes = factor == Position
                ? CodePass.Quadrants
                : [.. trainValues.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
            int Label(string? name) => name is null ? -1 : Array.IndexOf(classes, name);
            var (trainLabels, testLabels) = (trainValues.Select(Label).ToArray(), testValues.Select(Label).ToArray());
            if (!trainValues.Concat(testValues).OfType<string>().Any())
                continue;
            var isLearnable = trainLabels.Where(label => label >= 0).Distinct().Count() > 1 && testLabels.Any(label => label >= 0);
            foreach (var symbol in train.Keys)
            {
                using var scope = NewDisposeScope();
                var right = factor == Class ? CollectedCodes.Shared : CollectedCodes.Visual;
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
    private static Tensor Known(Tensor codes, int[] labels) =>
        Chosen(codes, [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] >= 0)]);

    private static Tensor Chosen(Tensor codes, int[] rows) => codes.index_select(0, tensor(rows.Select(row => (long)row).ToArray()));
}
