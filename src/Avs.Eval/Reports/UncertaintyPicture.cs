namespace Avs.Eval.Reports;

/// <summary>Draws where several predictions of the same frame disagree.</summary>
public static class UncertaintyPicture
{
    /// <summary>The standard deviation drawn brightest. Probabilities spread evenly over 0 to 1 have 0.29; the largest is 0.5.</summary>
    public const float Brightest = 0.25f;

    private const float FrameBrightness = 0.4f;

    private static readonly Rgb Amber = new(255, 190, 40);

    /// <summary>The frame in dark grey under an amber light that grows with the standard deviation.</summary>
    /// <param name="rgb">The frame, bytes [height, width, 3], red first.</param>
    /// <param name="deviation">Standard deviation of the probability [rows, columns].</param>
    /// <returns>The picture, bytes [H, W, 3], red first.</returns>
    /// <exception cref="ArgumentException">An array is not of its size.</exception>
    public static byte[] Draw(byte[] rgb, int height, int width, float[] deviation, int rows, int columns)
    {
        if (rgb.Length != (long)height * width * 3)
            throw new ArgumentException($"a frame of {height}x{width} has {(long)height * width * 3} bytes, not {rgb.Length}", nameof(rgb));
        if (deviation.Length != (long)rows * columns)
        {
            throw new ArgumentException(
                $"a map of {rows}x{columns} has {(long)rows * columns} values, not {deviation.Length}", nameof(deviation));
        }
        var picture = new byte[rgb.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = 3 * (y * width + x);
                var light = Math.Clamp(deviation[y * rows / height * columns + x * columns / width] / Brightest, 0, 1);
                var grey = FrameBrightness * (0.299f * rgb[at] + 0.587f * rgb[at + 1] + 0.114f * rgb[at + 2]);
                picture[at] = Mix(grey, Amber.R, light);
                picture[at + 1] = Mix(grey, Amber.G, light);
                picture[at + 2] = Mix(grey, Amber.B, light);
            }
        }
        return picture;
    }

    private static byte Mix(float below, byte above, float light) => (byte)MathF.Round(below + (above - below) * light);
}
