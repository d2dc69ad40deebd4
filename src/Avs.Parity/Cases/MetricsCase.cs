using System.Globalization;
using Avs.Eval.Metrics;
using Avs.Parity.Comparison;

namespace Avs.Parity.Cases;

/// <summary>
/// The metrics: <c>batchN/…</c> one call each, <c>loop/…</c> the mean over the calls, and the corner cases (a perfect, an inverted, an
/// empty target, logits of exactly zero) on the <c>special</c> inputs. Predictions are <c>noise + (3 mask - 1.5)</c> in float32.
/// </summary>
internal sealed class MetricsCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 0 && item.Outputs.Keys.Any(name => name.EndsWith("/miou", StringComparison.Ordinal)) && Groups(item).Any();

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        if (item.Number("pr_num", FScoreThresholds.Count) != FScoreThresholds.Count)
            throw new NotCoveredException($"the F-score has {FScoreThresholds.Count} thresholds");
        var loopIou = new List<double>();
        var loopF = new List<double>();
        foreach (var group in Groups(item))
        {
            var shape = item.Inputs[group + "/mask"];
            var noise = HashFill.Input(item.Inputs[group + "/noise"]);
            var mask = Array.ConvertAll(HashFill.Input(shape), value => (byte)value);
            if (!outputs.Under(group + "/").Any())
            {
                Corners(mask, noise, shape, outputs);
                continue;
            }
            float[] logits = [.. noise.Select((value, i) => value + (3f * mask[i] - 1.5f))];
            var frames = Score(logits, mask, shape);
            var (iou, f) = Call(group, frames, outputs);
            loopIou.Add(iou);
            loopF.Add(f);
            outputs.Give(group + "/iou_per_frame", [.. frames.Select(frame => (double)(float)frame.Iou)]);
            Curves(group, frames, outputs);
        }
        outputs.Give("loop/miou", [loopIou.Average()], []);
        outputs.Give("loop/F", [loopF.Average()], []);
    }

    private static void Corners(byte[] mask, float[] noise, ParityInput shape, CaseOutputs outputs)
    {
        var perfect = Array.ConvertAll(mask, value => 20f * (value - 0.5f));
        var nothing = new byte[mask.Length];
        Call("perfect", Score(perfect, mask, shape), outputs);
        Call("inverted", Score(Array.ConvertAll(perfect, value => -value), mask, shape), outputs);
        Call("empty_target", Score(noise, nothing, shape), outputs);
        Call("empty_target_empty_pred", Score(Array.ConvertAll(mask, _ => -20f), nothing, shape), outputs);
        Call("zero_logits", Score(new float[mask.Length], mask, shape), outputs);
    }

    // Names of inputs before "/mask" and "/noise".
    private static IEnumerable<string> Groups(ParityCase item) =>
        item.Inputs.Keys.Where(name => name.EndsWith("/mask", StringComparison.Ordinal)).Select(name => name[..^"/mask".Length])
            .Where(group => item.Inputs.ContainsKey(group + "/noise"));

    private static FrameScore[] Score(float[] logits, byte[] mask, ParityInput shape)
    {
        var pixels = (int)(shape.Shape[^1] * shape.Shape[^2]);
        var scorer = new FrameScorer();
        return [.. Enumerable.Range(0, mask.Length / pixels).Select(frame =>
            scorer.Score(logits.AsSpan(frame * pixels, pixels), mask.AsSpan(frame * pixels, pixels)))];
    }

    private static (double Iou, double F) Call(string group, FrameScore[] frames, CaseOutputs outputs)
    {
        var score = Protocols.Compute([ClipTotals.From(frames)], clipsPerCall: 1)[Protocol.AvsBench];
        outputs.Give(group + "/miou", [score.Miou], []);
        outputs.Give(group + "/F", [score.FScore], []);
        return (score.Miou, score.FScore);
    }

    private static void Curves(string group, FrameScore[] frames, CaseOutputs outputs)
    {
        for (var k = 0; k < frames.Length; k++)
        {
            var start = string.Create(CultureInfo.InvariantCulture, $"{group}/frame{k}/");
            if (frames[k].Precision is { } precision) outputs.Give(start + "precision", precision);
            if (frames[k].Recall is { } recall) outputs.Give(start + "recall", recall);
        }
    }
}
