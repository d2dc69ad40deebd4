using System.Numerics;

namespace Avs.Data.Media;

/// <summary>
/// Resizes 8-bit pictures and masks, the axes one after the other: each pixel is the mean of the area it covers when a picture
/// shrinks, and bilinear (pixel centres aligned) when it grows.
/// </summary>
public static class PixelResize
{
    /// <summary>Resizes an interleaved RGB picture, `[height, width, 3]`.</summary>
    public static byte[] Rgb(ReadOnlySpan<byte> pixels, int height, int width, int newHeight, int newWidth)
    {
        var result = new byte[newHeight * newWidth * 3];
        Rgb(pixels, height, width, result, newHeight, newWidth);
        return result;
    }

    /// <summary>Resizes an interleaved RGB picture into a given array.</summary>
    public static void Rgb(ReadOnlySpan<byte> pixels, int height, int width, Span<byte> result, int newHeight, int newWidth)
    {
        var values = Resample(pixels, height, width, 3, newHeight, newWidth);
        for (var i = 0; i < values.Length; i++)
            result[i] = (byte)(values[i] + 0.5f);
    }

    /// <summary>Resizes a mask of 0 and 1, `[height, width]`; a pixel is 1 where at least half of it was.</summary>
    public static byte[] Mask(ReadOnlySpan<byte> mask, int height, int width, int newHeight, int newWidth)
    {
        var result = new byte[newHeight * newWidth];
        Mask(mask, height, width, result, newHeight, newWidth);
        return result;
    }

    /// <summary>Resizes a mask of 0 and 1 into a given array.</summary>
    public static void Mask(ReadOnlySpan<byte> mask, int height, int width, Span<byte> result, int newHeight, int newWidth)
    {
        // Weights of exactly one half must not fall to either side by rounding.
        const float half = 0.5f - 1e-5f;
        var values = Resample(mask, height, width, 1, newHeight, newWidth);
        for (var i = 0; i < values.Length; i++)
            result[i] = values[i] >= half ? (byte)1 : (byte)0;
    }

    /// <summary>Resizes class numbers, `[height, width]`: every new pixel takes the old one at its centre.</summary>
    public static void Nearest(ReadOnlySpan<byte> numbers, int height, int width, Span<byte> result, int newHeight, int newWidth)
    {
        for (var y = 0; y < newHeight; y++)
        {
            var row = numbers.Slice((int)((2L * y + 1) * height / (2 * newHeight)) * width, width);
            for (var x = 0; x < newWidth; x++)
                result[y * newWidth + x] = row[(int)((2L * x + 1) * width / (2 * newWidth))];
        }
    }

    private static float[] Resample(ReadOnlySpan<byte> pixels, int height, int width, int channels, int newHeight, int newWidth)
    {
        var (columns, rows) = (Taps.Create(width, newWidth), Taps.Create(height, newHeight));

        // [height, width, channels] -> [height, newWidth, channels]
        var narrow = new float[height * newWidth * channels];
        for (var y = 0; y < height; y++)
        {
            var source = pixels.Slice(y * width * channels, width * channels);
            var target = narrow.AsSpan(y * newWidth * channels, newWidth * channels);
            for (var x = 0; x < newWidth; x++)
            {
                var (first, weights) = (columns.First[x], columns.Weights[x]);
                for (var c = 0; c < channels; c++)
                {
                    var sum = 0f;
                    for (var i = 0; i < weights.Length; i++)
                        sum += weights[i] * source[(first + i) * channels + c];
                    target[x * channels + c] = sum;
                }
            }
        }

        // [height, newWidth, channels] -> [newHeight, newWidth, channels]
        var rowLength = newWidth * channels;
        var result = new float[newHeight * rowLength];
        for (var y = 0; y < newHeight; y++)
        {
            var target = result.AsSpan(y * rowLength, rowLength);
            var (first, weights) = (rows.First[y], rows.Weights[y]);
            for (var i = 0; i < weights.Length; i++)
                AddScaled(narrow.AsSpan((first + i) * rowLength, rowLength), weights[i], target);
        }

        return result;
    }

    private static void AddScaled(ReadOnlySpan<float> source, float weight, Span<float> target)
    {
        var step = Vector<float>.Count;
        var x = 0;
        for (; x <= source.Length - step; x += step)
            (new Vector<float>(target[x..]) + weight * new Vector<float>(source[x..])).CopyTo(target[x..]);
        for (; x < source.Length; x++)
            target[x] += weight * source[x];
    }

    // For each new position the old positions to read, and their weights, which sum to one.
    private sealed record Taps(int[] First, float[][] Weights)
    {
        public static Taps Create(int size, int newSize)
        {
            var taps = new Taps(new int[newSize], new float[newSize][]);
            var scale = (double)size / newSize;
            for (var i = 0; i < newSize; i++)
            {
                if (scale > 1)
                    Area(taps, i, i * scale, Math.Min((i + 1) * scale, size));
                else
                    Linear(taps, i, (i + 0.5) * scale - 0.5, size);
            }

            return taps;
        }

        private static void Area(Taps taps, int i, double from, double to)
        {
            var first = (int)from;
            var weights = new float[(int)Math.Ceiling(to - 1e-9) - first];
            for (var k = 0; k < weights.Length; k++)
                weights[k] = (float)((Math.Min(to, first + k + 1) - Math.Max(from, first + k)) / (to - from));
            (taps.First[i], taps.Weights[i]) = (first, weights);
        }

        private static void Linear(Taps taps, int i, double centre, int size)
        {
            centre = Math.Clamp(centre, 0, size - 1);
            var first = Math.Min((int)centre, Math.Max(size - 2, 0));
            var rest = (float)(centre - first);
            (taps.First[i], taps.Weights[i]) = (first, size == 1 ? [1f] : [1 - rest, rest]);
        }
    }
}
