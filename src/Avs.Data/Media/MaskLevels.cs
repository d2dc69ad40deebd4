namespace Avs.Data.Media;

/// <summary>
/// The grey levels of a mask that is not simply 0 and 255, and the threshold of its foreground. Accepted only where there is no doubt: a
/// background of 0 and one level above it (whatever its value, edges may be soft), or a background of 0 and several hard-edged numbers
/// below the highest that the picture could have.
/// </summary>
/// <param name="Values">`[height, width]`.</param>
/// <param name="Full">The value of white: 255 or 65535.</param>
/// <param name="Lossy">Whether equal pixels may differ by a little (JPEG).</param>
internal sealed record MaskLevels(int[] Values, int Height, int Width, int Full, bool Lossy)
{
    // JPEG moves flat areas by a few steps, and black or white by one or two.
    private const int LossyRange = 12, LossyBlack = 4;

    // A picture with so few values has hard edges: its numbers may be labels.
    private const int FewValues = 8;

    // Flat areas between background and foreground that are smaller than this share of what is not background are ignored.
    private const double ChanceShare = 0.02;

    /// <summary>The lowest value of the foreground, and a remark on what is unusual; null where the values are 0 and white.</summary>
    /// <param name="fault">Why there is no clear threshold; null where there is one.</param>
    public (int Threshold, string? Remark) Foreground(out string? fault)
    {
        fault = null;
        var distinct = Values.Distinct().Order().Take(FewValues + 1).ToArray();
        int low = distinct[0], high = Values.Max();
        if (high == 0 || (Lossy && distinct.Length == 1 && high <= LossyBlack))
            return (int.MaxValue, null);
        if (distinct is [var only])
            return only == Full ? (Full, null)
                : 2 * only >= Full ? (only, $"its only value is {only}: all of it is foreground")
                : Unclear(out fault, $"it has the value {only} and no other");
        if (Lossy)
            return Soft(low, high, LossyRange, out fault);
        if (distinct.Length == 2 && low == 0)
            return (high, high == Full ? null : $"its values are 0 and {high}: {high} is foreground");
        if (distinct.Length == 2 && 2 * low < Full && 2 * high >= Full)
            return (high, $"its values are {low} and {high}: {high} is foreground");
        if (low > 0 && (4 * low > Full || 4 * high < 3 * Full))
            return Unclear(out fault, $"its values are {Listed(distinct)}, and none is 0");
        if (distinct.Length > FewValues)
            return Soft(low, high, 0, out fault);

        var flat = distinct.Where(value => value > low && value < high && !(high == Full && 8 * value >= 7 * Full)
            && HasFlat(value, value, 0)).ToArray();
        if (flat.Length == 0)
            return 2 * high >= Full || HasFlat(high, high, 0)
                ? Soft(low, high, 0, out fault)
                : Unclear(out fault, $"its values are {Listed(distinct)}");
        return low == 0 && high < Full
            ? (1, $"its values are {Listed(distinct)}: all but 0 are foreground")
            : Unclear(out fault, $"its values are {Listed(distinct)}");
    }

    // Two levels with soft edges: every flat area is near one of them.
    private (int, string?) Soft(int low, int high, int range, out string? fault)
    {
        fault = null;
        if (Lossy && 4 * high < Full)
            return Unclear(out fault, $"its highest value is {high} of {Full}");
        var few = !Lossy && Values.Distinct().Take(FewValues + 1).Count() <= FewValues;
        int margin = few ? 0 : high / 8, between = few ? 0 : CountFlat(margin + 1, high - margin - 1, range);
        if (between > ChanceShare * Values.Count(value => value > margin))
            return Unclear(out fault, $"it has areas of several levels between {low} and {high}");
        var top = HasFlat(high - margin, high, Math.Max(range, 1));
        if (2 * high < Full && !top)
            return Unclear(out fault, $"its highest value is {high} of {Full}");
        // Nearly white counts as white; a lower level has its threshold at its own half.
        var scale = !top || 8 * high >= 7 * Full ? Full : high;
        return ((scale + 1) / 2, $"its values go from {low} to {high}: foreground is from {(scale + 1) / 2} on");
    }

    private static (int, string?) Unclear(out string? fault, string what)
    {
        fault = what;
        return (0, null);
    }

    private static string Listed(int[] values) =>
        values.Length > FewValues ? $"{string.Join(", ", values.Take(FewValues))} and more" : string.Join(", ", values);

    private bool HasFlat(int from, int to, int range) => CountFlat(from, to, range, stopAt: 1) > 0;

    // Pixels in the middle of 3x3 that differ by no more than the range; an edge, however soft, has none.
    private int CountFlat(int from, int to, int range, int stopAt = int.MaxValue)
    {
        var count = 0;
        for (var y = 1; y < Height - 1; y++)
        {
            for (var x = 1; x < Width - 1; x++)
            {
                var value = Values[y * Width + x];
                if (value < from || value > to || !IsFlat(y, x, range))
                    continue;
                if (++count == stopAt)
                    return count;
            }
        }

        return count;
    }

    private bool IsFlat(int y, int x, int range)
    {
        int least = int.MaxValue, most = int.MinValue;
        for (var row = y - 1; row <= y + 1; row++)
        {
            foreach (var value in Values.AsSpan(row * Width + x - 1, 3))
                (least, most) = (Math.Min(least, value), Math.Max(most, value));
        }

        return most - least <= range;
    }
}
