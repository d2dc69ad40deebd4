using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Avs.Eval.Metrics;

/// <summary>
/// Scores predicted frames against true masks. The 255 precision-recall points come from one histogram of the logits instead of 255 passes
/// over the picture, equal to those bit for bit. One scorer serves one thread.
/// </summary>
public sealed class FrameScorer
{
    private const int Block = 8;

    // How many pixels reach exactly k levels, at 2k those outside the target and at 2k + 1 those of it.
    private readonly int[] histogram = new int[2 * (LogitLevels.Count + 1)];

    /// <summary>Scores one frame.</summary>
    /// <param name="logits">Predicted logits of the frame's pixels.</param>
    /// <param name="truth">The true mask of the same pixels: 0 or not.</param>
    /// <exception cref="ArgumentException">The two differ in length, or are empty.</exception>
    public FrameScore Score(ReadOnlySpan<float> logits, ReadOnlySpan<byte> truth)
    {
        if (logits.Length != truth.Length || logits.IsEmpty)
            throw new ArgumentException($"A frame of {logits.Length} logits cannot be scored against a mask of {truth.Length} pixels.");
        Array.Clear(histogram);
        var first = 0;
        for (; first + Block <= logits.Length; first += Block)
        {
            if (!CountAlike(logits.Slice(first, Block), truth.Slice(first, Block)))
                CountEach(logits.Slice(first, Block), truth.Slice(first, Block));
        }
        CountEach(logits[first..], truth[first..]);
        return FromHistogram(logits.Length);
    }

    // Most of a picture is surely background or surely object: eight pixels that fall into one bin are counted at once.
    private bool CountAlike(ReadOnlySpan<float> logits, ReadOnlySpan<byte> truth)
    {
        var values = Vector256.Create(logits);
        int reached;
        if (Vector256.LessThanAll(values, Vector256.Create(LogitLevels.LowEnd)))
            reached = 1;
        else if (Vector256.GreaterThanOrEqualAll(values, Vector256.Create(LogitLevels.HighStart))
            && Vector256.LessThanAll(values, Vector256.Create(LogitLevels.Last)))
            reached = LogitLevels.Count - 1;
        else
            return false;
        var mask = BinaryPrimitives.ReadUInt64LittleEndian(truth);
        var target = mask == 0 ? 0 : Block - truth.Count((byte)0);
        histogram[2 * reached] += Block - target;
        histogram[2 * reached + 1] += target;
        return true;
    }

    private void CountEach(ReadOnlySpan<float> logits, ReadOnlySpan<byte> truth)
    {
        for (var i = 0; i < logits.Length; i++)
            histogram[2 * LogitLevels.CountReached(logits[i]) + (truth[i] == 0 ? 0 : 1)]++;
    }

    private FrameScore FromHistogram(int pixels)
    {
        int[] positive = new int[FScoreThresholds.Count], truePositive = new int[FScoreThresholds.Count];
        int all = 0, hit = 0, active = 0, both = 0;
        // A pixel reaches level i when it reaches more than i levels: cumulate from the top.
        for (var i = LogitLevels.Count - 1; i >= 0; i--)
        {
            hit += histogram[2 * (i + 1) + 1];
            all += histogram[2 * (i + 1)] + histogram[2 * (i + 1) + 1];
            if (i == LogitLevels.Mask)
            {
                (active, both) = (all, hit);
                continue;
            }
            var threshold = i < LogitLevels.Mask ? i : i - 1;
            (positive[threshold], truePositive[threshold]) = (all, hit);
        }
        return new FrameScore(pixels, hit + histogram[1], active, both, positive, truePositive);
    }
}
