using OpenCvSharp;

namespace Avs.Eval.Metrics;

/// <summary>
/// The F-measure of a mask's boundary: F. Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation",
/// CVPR 2016 (DAVIS), as its program computes it: boundary pixels within 0.8 % of the picture's diagonal of the other mask's boundary are
/// right; the harmonic mean of precision and recall.
/// </summary>
internal sealed class BoundaryScorer
{
    private const double Tolerance = 0.008;

    /// <param name="mask">0 or not, [height, width].</param>
    /// <param name="truth">0 or not.</param>
    public double Score(ReadOnlySpan<byte> mask, ReadOnlySpan<byte> truth, int height, int width)
    {
        byte[] found = Boundary(mask, height, width), wanted = Boundary(truth, height, width);
        int foundCount = found.Count(pixel => pixel != 0), wantedCount = wanted.Count(pixel => pixel != 0);
        if (foundCount == 0 || wantedCount == 0)
            return foundCount == wantedCount ? 1 : 0;
        var radius = (int)Math.Ceiling(Tolerance * Math.Sqrt((double)height * height + (double)width * width));
        var precision = (double)Meeting(found, Widened(wanted, height, width, radius)) / foundCount;
        var recall = (double)Meeting(wanted, Widened(found, height, width, radius)) / wantedCount;
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    // 1 where a pixel differs from its neighbour to the right, below, or both; beyond the edge there is no neighbour.
    private static byte[] Boundary(ReadOnlySpan<byte> mask, int height, int width)
    {
        var boundary = new byte[mask.Length];
        for (int y = 0, i = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, i++)
            {
                var own = mask[i] != 0;
                bool right = x + 1 < width, below = y + 1 < height;
                if ((right && own != (mask[i + 1] != 0)) || (below && own != (mask[i + width] != 0))
                    || (right && below && own != (mask[i + width + 1] != 0)))
                    boundary[i] = 1;
            }
        }
        return boundary;
    }

    private static byte[] Widened(byte[] boundary, int height, int width, int radius)
    {
        var side = 2 * radius + 1;
        var disk = new byte[side * side];
        for (var y = -radius; y <= radius; y++)
            for (var x = -radius; x <= radius; x++)
                disk[(y + radius) * side + x + radius] = x * x + y * y <= radius * radius ? (byte)1 : (byte)0;
        using var source = Mat.FromPixelData(height, width, MatType.CV_8UC1, boundary);
        using var kernel = Mat.FromPixelData(side, side, MatType.CV_8UC1, disk);
        using var wide = new Mat();
        Cv2.Dilate(source, wide, kernel);
        wide.GetArray(out byte[] pixels);
        return pixels;
    }

    private static int Meeting(byte[] one, byte[] other)
    {
        var count = 0;
        for (var i = 0; i < one.Length; i++)
            count += one[i] & other[i];
        return count;
    }
}
