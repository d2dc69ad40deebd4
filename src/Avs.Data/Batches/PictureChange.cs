using Avs.Core;

namespace Avs.Data.Batches;

/// <summary>The random changes of one clip's pictures, drawn once and applied to every frame and mask.</summary>
internal sealed class PictureChange
{
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

    private readonly bool[] flipped; // by frame
    private readonly double cropLeft, cropTop, cropSide; // shares of the picture; side 1 is all of it
    private readonly float[] values; // [3, 256]: the normalised value of each 8-bit level of each colour

    private PictureChange(bool[] flipped, double cropLeft, double cropTop, double cropSide, float[] values)
    {
        this.flipped = flipped;
        this.cropLeft = cropLeft;
        this.cropTop = cropTop;
        this.cropSide = cropSide;
        this.values = values;
    }

    /// <summary>ImageNet's normalisation only.</summary>
    public static PictureChange None { get; } = new([], 0, 0, 1, Levels(1, 1, [1, 1, 1]));

    /// <summary>Draws the changes of a clip. The number of draws depends on the number of frames only.</summary>
    public static PictureChange Draw(AugmentOptions options, int frames, IReadOnlyList<int> labelledFrames, NamedRandom random)
    {
        var flipped = new bool[frames];
        if (options.Flip == FlipMode.Clip)
            Array.Fill(flipped, random.Chance(options.FlipProbability));
        else if (options.Flip == FlipMode.ReferencePerFrame)
        {
            foreach (var t in labelledFrames)
                flipped[t] = random.Chance(options.FlipProbability);
        }

        double Around(double spread) => 1 + spread * random.Uniform(-1, 1);
        var levels = Levels(Around(options.Brightness), Around(options.Contrast),
            [Around(options.Colour), Around(options.Colour), Around(options.Colour)]);
        var side = Math.Sqrt(random.Uniform(options.CropScale, 1));
        return new PictureChange(flipped, random.Uniform(0, 1 - side), random.Uniform(0, 1 - side), side, levels);
    }

    /// <summary>Writes one frame, `[side, side, 3]` bytes -> `[3, side, side]` normalised floats.</summary>
    public void Frame(ReadOnlySpan<byte> pixels, int side, int frame, Span<float> result)
    {
        var flip = flipped.Length > 0 && flipped[frame];
        if (cropSide < 1)
        {
            Span<byte> cropped = new byte[side * side * 3];
            Crop(pixels, side, 3, cropped, threshold: false);
            pixels = cropped;
        }

        var plane = side * side;
        ReadOnlySpan<float> red = values.AsSpan(0, 256), green = values.AsSpan(256, 256), blue = values.AsSpan(512, 256);
        var step = flip ? -1 : 1;
        for (var y = 0; y < side; y++)
        {
            var source = pixels.Slice(y * side * 3, side * 3);
            var to = y * side + (flip ? side - 1 : 0);
            for (var x = 0; x < source.Length; x += 3, to += step)
            {
                result[to] = red[source[x]];
                result[plane + to] = green[source[x + 1]];
                result[2 * plane + to] = blue[source[x + 2]];
            }
        }
    }

    /// <summary>Writes one mask, `[side, side]` bytes of 0 and 1 -> floats of 0 and 1, moved as its frame was.</summary>
    public void Mask(ReadOnlySpan<byte> mask, int side, int frame, Span<float> result)
    {
        if (cropSide < 1)
        {
            Span<byte> cropped = new byte[side * side];
            Crop(mask, side, 1, cropped, threshold: true);
            mask = cropped;
        }

        for (var i = 0; i < mask.Length; i++)
            result[i] = mask[i];
        if (flipped.Length > 0 && flipped[frame])
        {
            for (var y = 0; y < side; y++)
                result.Slice(y * side, side).Reverse();
        }
    }

    /// <summary>
    /// Writes the class labels of one frame, `[side, side]`, moved as the frame was, and the mask of what is not background.
    /// </summary>
    public void Labels(ReadOnlySpan<byte> labels, int side, int frame, Span<long> result, Span<float> mask)
    {
        var flip = flipped.Length > 0 && flipped[frame];
        for (var y = 0; y < side; y++)
        {
            var row = Nearest(cropTop, y, side) * side;
            for (var x = 0; x < side; x++)
            {
                var to = y * side + (flip ? side - 1 - x : x);
                result[to] = labels[row + Nearest(cropLeft, x, side)];
                mask[to] = result[to] != 0 ? 1 : 0;
            }
        }
    }

    private int Nearest(double start, int i, int side) =>
        cropSide < 1 ? Math.Clamp((int)(start * side + (i + 0.5) * cropSide), 0, side - 1) : i;

    // Enlarges the window to the whole picture, bilinear with pixel centres aligned, in 8-bit fixed point.
    private void Crop(ReadOnlySpan<byte> source, int side, int channels, Span<byte> result, bool threshold)
    {
        Span<int> first = stackalloc int[side], second = stackalloc int[side], share = stackalloc int[side];
        for (var x = 0; x < side; x++)
            (first[x], second[x], share[x]) = At(cropLeft, x, side);
        for (var y = 0; y < side; y++)
        {
            var (top, bottom, down) = At(cropTop, y, side);
            ReadOnlySpan<byte> above = source.Slice(top * side * channels, side * channels),
                below = source.Slice(bottom * side * channels, side * channels);
            for (var x = 0; x < side; x++)
            {
                int left = first[x] * channels, right = second[x] * channels, across = share[x];
                for (var c = 0; c < channels; c++)
                {
                    var upper = above[left + c] * (256 - across) + above[right + c] * across;
                    var lower = below[left + c] * (256 - across) + below[right + c] * across;
                    var value = upper * (256 - down) + lower * down; // scaled by 2^16
                    result[(y * side + x) * channels + c] = (byte)(threshold ? value >= 1 << 15 ? 1 : 0 : (value + (1 << 15)) >> 16);
                }
            }
        }
    }

    private (int First, int Second, int Share) At(double start, int i, int side)
    {
        var position = Math.Clamp(start * side + (i + 0.5) * cropSide - 0.5, 0, side - 1);
        var first = (int)position;
        return (first, Math.Min(first + 1, side - 1), (int)((position - first) * 256));
    }

    private static float[] Levels(double brightness, double contrast, double[] colour)
    {
        var levels = new float[3 * 256];
        for (var c = 0; c < 3; c++)
        {
            for (var level = 0; level < 256; level++)
            {
                var value = ((level / 255.0 - 0.5) * contrast + 0.5) * brightness * colour[c];
                levels[c * 256 + level] = (float)((Math.Clamp(value, 0, 1) - Mean[c]) / Deviation[c]);
            }
        }

        return levels;
    }
}
