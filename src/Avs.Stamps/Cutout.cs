using System.Runtime.InteropServices;
using Avs.Core;
using OpenCvSharp;

namespace Avs.Stamps;

/// <summary>
/// A photograph of one object with a transparent surrounding, cropped to the object and kept at halving sizes, so that it can be drawn
/// small without aliasing. Colours are premultiplied by alpha: edges stay soft and carry no fringe of hidden colour.
/// </summary>
internal sealed class Cutout : IDisposable
{
    private const int LargestSide = 400, SmallestSide = 40;

    // Paler pixels do not count for the object's bounds.
    private const byte FaintAlpha = 16;

    private readonly Mat[] levels;

    private Cutout(Mat[] levels, double coverage) => (this.levels, Coverage) = (levels, coverage);

    /// <summary>Width of the object's box over its height.</summary>
    public double Aspect => (double)levels[0].Cols / levels[0].Rows;

    /// <summary>The part of the box that is object (alpha at least one half).</summary>
    public double Coverage { get; }

    /// <summary>Reads a PNG with alpha.</summary>
    /// <exception cref="DataException">It is missing, damaged, or has no transparent part.</exception>
    public static Cutout Load(string path)
    {
        using var image = ReadImage(path, ImreadModes.Unchanged);
        if (image.Type() != MatType.CV_8UC4)
            throw new DataException(
                $"{path} has no transparency: an 8-bit picture with an alpha channel is expected, this has {image.Channels()} channels");
        var bytes = new byte[image.Rows * image.Cols * 4];
        Marshal.Copy(image.Data, bytes, 0, bytes.Length);
        var (box, opaque) = Premultiply(bytes, image.Rows, image.Cols);
        if (opaque == 0 || opaque == image.Rows * image.Cols)
            throw new DataException($"{path} is not a cut-out: its alpha channel is {(opaque == 0 ? "empty" : "full")}");

        Marshal.Copy(bytes, 0, image.Data, bytes.Length);
        using var cropped = new Mat(image, box);
        var scale = Math.Min(1.0, (double)LargestSide / Math.Max(box.Width, box.Height));
        var levels = new List<Mat> { Scaled(cropped, scale) };
        while (Math.Max(levels[^1].Cols, levels[^1].Rows) >= 2 * SmallestSide && Math.Min(levels[^1].Cols, levels[^1].Rows) >= 8)
            levels.Add(Scaled(levels[^1], 0.5));
        return new Cutout([.. levels], (double)opaque / (box.Width * box.Height));
    }

    /// <summary>Reads a picture.</summary>
    public static Mat ReadImage(string path, ImreadModes mode)
    {
        if (!File.Exists(path))
            throw new DataException($"the part {path} is missing");
        var image = Cv2.ImRead(path, mode);
        if (!image.Empty())
            return image;
        image.Dispose();
        throw new DataException($"{path} is not a picture that can be read");
    }

    /// <summary>
    /// Draws the object into a new premultiplied BGRA picture that covers only its part of the frame.
    /// </summary>
    /// <param name="side">The frame's side in pixels.</param>
    public CutoutPatch Draw(Pose pose, int side)
    {
        var (sin, cos) = Math.SinCos(pose.Angle);
        var (halfWidth, halfHeight) = (pose.Height * Aspect / 2, pose.Height / 2);
        var reachX = Math.Abs(cos) * halfWidth + Math.Abs(sin) * halfHeight;
        var reachY = Math.Abs(sin) * halfWidth + Math.Abs(cos) * halfHeight;
        var left = Math.Clamp((int)Math.Floor(pose.X - reachX) - 1, 0, side);
        var top = Math.Clamp((int)Math.Floor(pose.Y - reachY) - 1, 0, side);
        var width = Math.Clamp((int)Math.Ceiling(pose.X + reachX) + 1, 0, side) - left;
        var height = Math.Clamp((int)Math.Ceiling(pose.Y + reachY) + 1, 0, side) - top;
        if (width <= 0 || height <= 0)
            return new CutoutPatch(0, 0, 0, 0, []);

        // The smallest level that is not below the drawn size.
        var level = levels.LastOrDefault(l => l.Rows >= pose.Height) ?? levels[0];
        var scale = level.Rows / pose.Height;
        var mirror = pose.Flip ? -1 : 1;

        // Frame pixel -> cut-out pixel: undo the shift, the turn, the scale and the flip.
        var map = new double[,]
        {
            { mirror * scale * cos, mirror * scale * sin, 0 },
            { -scale * sin, scale * cos, 0 },
        };
        var (dx, dy) = (left - pose.X, top - pose.Y);
        map[0, 2] = map[0, 0] * dx + map[0, 1] * dy + (level.Cols - 1) / 2.0;
        map[1, 2] = map[1, 0] * dx + map[1, 1] * dy + (level.Rows - 1) / 2.0;

        using var matrix = new Mat(2, 3, MatType.CV_64FC1);
        for (var row = 0; row < 2; row++)
        {
            for (var column = 0; column < 3; column++)
                matrix.Set(row, column, map[row, column]);
        }

        using var patch = new Mat();
        Cv2.WarpAffine(level, patch, matrix, new Size(width, height), InterpolationFlags.Linear | InterpolationFlags.WarpInverseMap,
            BorderTypes.Constant, new Scalar(0, 0, 0, 0));
        var pixels = new byte[width * height * 4];
        Marshal.Copy(patch.Data, pixels, 0, pixels.Length);
        return new CutoutPatch(left, top, width, height, pixels);
    }

    public void Dispose()
    {
        foreach (var level in levels)
            level.Dispose();
    }

    private static Mat Scaled(Mat source, double scale)
    {
        var size = new Size(Math.Max(1, (int)Math.Round(source.Cols * scale)), Math.Max(1, (int)Math.Round(source.Rows * scale)));
        var result = new Mat();
        Cv2.Resize(source, result, size, 0, 0, InterpolationFlags.Area);
        return result;
    }

    private static (Rect Box, int Opaque) Premultiply(byte[] bgra, int rows, int columns)
    {
        var (left, top, right, bottom, opaque) = (columns, rows, -1, -1, 0);
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++)
            {
                var at = (y * columns + x) * 4;
                var alpha = bgra[at + 3];
                for (var channel = 0; channel < 3; channel++)
                    bgra[at + channel] = (byte)((bgra[at + channel] * alpha + 127) / 255);
                if (alpha >= 128)
                    opaque++;
                if (alpha < FaintAlpha)
                    continue;
                (left, top) = (Math.Min(left, x), Math.Min(top, y));
                (right, bottom) = (Math.Max(right, x), Math.Max(bottom, y));
            }
        }

        return (right < 0 ? new Rect(0, 0, columns, rows) : new Rect(left, top, right - left + 1, bottom - top + 1), opaque);
    }
}

/// <summary>Where an object is drawn: its centre and height in pixels, its turn in radians, mirrored or not.</summary>
internal readonly record struct Pose(double X, double Y, double Height, double Angle, bool Flip);

/// <summary>A drawn object: premultiplied BGRA, `[Height, Width, 4]`, at (Left, Top) of the frame.</summary>
internal readonly record struct CutoutPatch(int Left, int Top, int Width, int Height, byte[] Pixels);
