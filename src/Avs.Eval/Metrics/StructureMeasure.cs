namespace Avs.Eval.Metrics;

/// <summary>
/// The S-measure: D.-P. Fan, M.-M. Cheng, Y. Liu, T. Li, A. Borji, "Structure-measure: A New Way to Evaluate Foreground Maps", ICCV 2017,
/// as its authors' program computes it. Half of it looks at object and background each as a whole, half at the four parts of the picture
/// around the object's centre.
/// </summary>
internal static class StructureMeasure
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <param name="map">Probabilities, [height, width].</param>
    /// <param name="truth">0 or not.</param>
    public static double Compute(ReadOnlySpan<float> map, ReadOnlySpan<byte> truth, int height, int width)
    {
        double all = 0, inside = 0, outside = 0;
        long target = 0, rows = 0, columns = 0;
        for (int y = 0, i = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, i++)
            {
                all += map[i];
                if (truth[i] == 0)
                {
                    outside += 1 - map[i];
                    continue;
                }
                inside += map[i];
                target++;
                rows += y;
                columns += x;
            }
        }
        var pixels = map.Length;
        if (target == 0)
            return 1 - all / pixels;
        if (target == pixels)
            return all / pixels;
        var share = (double)target / pixels;
        var ofObject = Likeness(map, truth, inside / target, target, isObject: true);
        var ofBackground = Likeness(map, truth, outside / (pixels - target), pixels - target, isObject: false);
        var byObject = share * ofObject + (1 - share) * ofBackground;
        int centreX = (int)Math.Round((double)columns / target) + 1, centreY = (int)Math.Round((double)rows / target) + 1;
        return Math.Max(0, (byObject + ByRegion(map, truth, height, width, centreX, centreY)) / 2);
    }

    // 2 μ / (μ² + 1 + σ) of the values where the truth is 1, or of their complements where it is 0.
    private static double Likeness(ReadOnlySpan<float> map, ReadOnlySpan<byte> truth, double mean, long count, bool isObject)
    {
        var square = 0.0;
        for (var i = 0; i < map.Length; i++)
        {
            if (truth[i] != 0 != isObject)
                continue;
            var away = (isObject ? map[i] : 1 - map[i]) - mean;
            square += away * away;
        }
        var deviation = Math.Sqrt(square / Math.Max(1, count - 1));
        return 2 * mean / (mean * mean + 1 + deviation + Epsilon);
    }

    private static double ByRegion(ReadOnlySpan<float> map, ReadOnlySpan<byte> truth, int height, int width, int centreX, int centreY)
    {
        var sum = 0.0;
        foreach (var (top, bottom) in new[] { (0, centreY), (centreY, height) })
        {
            foreach (var (left, right) in new[] { (0, centreX), (centreX, width) })
            {
                var area = (bottom - top) * (right - left);
                if (area > 0)
                    sum += (double)area / map.Length * Similarity(map, truth, width, top, bottom, left, right);
            }
        }
        return sum;
    }

    // The structural similarity of one part.
    private static double Similarity(ReadOnlySpan<float> map, ReadOnlySpan<byte> truth, int width, int top, int bottom, int left, int right)
    {
        double meanMap = 0, meanTruth = 0;
        double count = (bottom - top) * (right - left);
        for (var y = top; y < bottom; y++)
        {
            for (var i = y * width + left; i < y * width + right; i++)
            {
                meanMap += map[i];
                meanTruth += truth[i] == 0 ? 0 : 1;
            }
        }
        (meanMap, meanTruth) = (meanMap / count, meanTruth / count);
        double varianceMap = 0, varianceTruth = 0, covariance = 0;
        for (var y = top; y < bottom; y++)
        {
            for (var i = y * width + left; i < y * width + right; i++)
            {
                double a = map[i] - meanMap, b = (truth[i] == 0 ? 0 : 1) - meanTruth;
                varianceMap += a * a;
                varianceTruth += b * b;
                covariance += a * b;
            }
        }
        var freedom = Math.Max(1, count - 1);
        var alpha = 4 * meanMap * meanTruth * covariance / freedom;
        var beta = (meanMap * meanMap + meanTruth * meanTruth) * (varianceMap + varianceTruth) / freedom;
        return alpha != 0 ? alpha / (beta + Epsilon) : beta == 0 ? 1 : 0;
    }
}
