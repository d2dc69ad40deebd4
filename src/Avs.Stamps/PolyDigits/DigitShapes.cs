using Avs.Core;
using Avs.Data.Images;
using OpenCvSharp;

namespace Avs.Stamps.PolyDigits;

/// <summary>The digits of a split at the size they are drawn in, by class.</summary>
internal sealed class DigitShapes
{
    /// <summary>A quadrant's side.</summary>
    public const int Side = PolyDigitsSet.Side / 2;

    private readonly byte[][] shapes;

    /// <exception cref="DataException">A class has fewer images than an example needs.</exception>
    public DigitShapes(IImageDataset digits, int needed)
    {
        shapes = [.. Enumerable.Range(0, digits.Count).Select(i => Resize(digits.Pixels(i), digits.Height, digits.Width))];
        Classes = digits.Classes;
        Members = [.. Enumerable.Range(0, Classes.Count).Select(c => Enumerable.Range(0, digits.Count)
            .Where(i => digits.Label(i) == c).ToArray())];
        if (Members.FirstOrDefault(members => members.Length < needed) is { } few)
            throw new DataException($"{digits.Name} has {few.Length} images of a digit, expected at least {needed}");
    }

    public IReadOnlyList<string> Classes { get; }

    /// <summary>The images of each class.</summary>
    public IReadOnlyList<int[]> Members { get; }

    /// <summary>How much each pixel is covered, 0 to 255: [Side, Side].</summary>
    public ReadOnlySpan<byte> this[int image] => shapes[image];

    private static byte[] Resize(byte[] pixels, int height, int width)
    {
        using var image = Mat.FromPixelData(height, width, MatType.CV_8UC1, pixels);
        using var reduced = new Mat();
        Cv2.Resize(image, reduced, new Size(Side, Side), 0, 0, InterpolationFlags.Area);
        reduced.GetArray(out byte[] shape);
        return Array.ConvertAll(shape, covered => (byte)Math.Min(255, covered * 13 / 10)); // thin strokes stay legible
    }
}
