using System.Runtime.CompilerServices;

namespace Avs.Eval.Metrics;

/// <summary>
/// The thresholds of the F-score, and the one of the mask, as logits: for each the smallest float32 logit whose probability reaches it.
/// A pixel is compared with these and its probability never computed. That is exact, as the probability never falls where the logit rises.
/// </summary>
internal static class LogitLevels
{
    /// <summary>The 255 thresholds (reached by &gt;=), and the mask's 0.5 (by &gt;) after the equal one of them.</summary>
    public const int Count = FScoreThresholds.Count + 1;

    /// <summary>Place of the mask's threshold.</summary>
    public const int Mask = FScoreThresholds.Count / 2 + 1;

    // Outside of ±Edge there is no level but the first (minus infinity) and the last (probability exactly 1).
    private const float Edge = 6, CellsPerUnit = 256;
    private const int Cells = (int)(2 * Edge * CellsPerUnit);

    // Ascending; a NaN at the end, which nothing reaches.
    private static readonly float[] Levels = [.. Enumerable.Range(0, Count).Select(Find), float.NaN];

    // For each cell the number of levels that all its logits reach. A cell begins one earlier than it says, as a sum may be rounded up into
    // it; the first also holds everything below it, NaN too.
    private static readonly byte[] Start = [.. Enumerable.Range(0, Cells).Select(cell =>
        cell == 0 ? (byte)0 : (byte)Levels.Count(level => level <= (cell - 1) / CellsPerUnit - Edge))];

    /// <summary>Logits below this reach the first level only.</summary>
    public static float LowEnd => Levels[1];

    /// <summary>Logits from here to below <see cref="Last"/> reach all levels but the last.</summary>
    public static float HighStart => Levels[Count - 2];

    /// <summary>Logits from here on have the probability 1.</summary>
    public static float Last => Levels[Count - 1];

    /// <summary>How many levels a logit reaches: 0 for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountReached(float logit)
    {
        var cell = (int)((logit + Edge) * CellsPerUnit);
        int reached = Start[Math.Clamp(cell, 0, Cells - 1)];
        while (logit >= Levels[reached])
            reached++;
        return reached;
    }

    /// <summary>The probability of a logit.</summary>
    public static float Probability(float logit) => 1f / (1f + MathF.Exp(-logit));

    private static float Find(int place)
    {
        if (place == 0)
            return float.NegativeInfinity;
        bool Reaches(float logit) => place == Mask
            ? Probability(logit) > MaskThreshold.Usual
            : Probability(logit) >= FScoreThresholds.Values[place < Mask ? place : place - 1];
        // Halved over the floats in their order: the bits of positive ones ascend, those of negative ones descend.
        long low = Order(-100), high = Order(100);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (Reaches(FromOrder(middle)))
                high = middle;
            else
                low = middle;
        }
        return FromOrder(high);
    }

    private static long Order(float value) =>
        BitConverter.SingleToInt32Bits(value) is var bits && bits >= 0 ? bits : int.MinValue - (long)bits;

    private static float FromOrder(long order) => BitConverter.Int32BitsToSingle((int)(order >= 0 ? order : int.MinValue - order));
}
