using System.Numerics;
using Avs.Core;
using OpenCvSharp;

namespace Avs.Data.Media;

/// <summary>
/// A folder of PNG or JPEG frames of one size, shown at a given rate, in the order of the last number in their names
/// (`clip_2.png` before `clip_10.png`), and by name where there is none.
/// </summary>
public sealed class FrameFolder : IPictureTrack
{
    private readonly string[] files;

    /// <param name="path">Files that are no pictures are ignored.</param>
    /// <param name="frameRate">Frames a second. AVSBench's frames have 1: each stands for the second that it ends.</param>
    /// <exception cref="DataException">The folder is missing or holds no picture.</exception>
    public FrameFolder(string path, double frameRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frameRate);
        (Path, FrameRate) = (path, frameRate);
        if (!Directory.Exists(path))
            throw new DataException($"{path} is missing, expected a folder of frames");
        files = [.. Directory.EnumerateFiles(path).Where(IsPicture)
            .Select(file => (File: file, Name: System.IO.Path.GetFileNameWithoutExtension(file)))
            .OrderBy(item => LastNumber(item.Name)).ThenBy(item => item.Name, StringComparer.Ordinal)
            .Select(item => item.File)];
        if (files.Length == 0)
            throw new DataException($"{path} holds no PNG or JPEG picture, expected the frames of a video");
    }

    public string Path { get; }

    public double FrameRate { get; }

    public double StatedSeconds => files.Length / FrameRate;

    /// <summary>The frames' files in order.</summary>
    public IReadOnlyList<string> Files => files;

    public IEnumerable<TimedPicture> Pictures()
    {
        Size? size = null;
        for (var i = 0; i < files.Length; i++)
        {
            using var picture = FrameReader.Decode(files[i], ImageFile.Read(files[i]), ImreadModes.Color);
            size ??= picture.Size();
            if (picture.Size() != size)
                throw new DataException(
                    $"{files[i]} is {picture.Cols}x{picture.Rows}, expected {size.Value.Width}x{size.Value.Height} as the first frame");
            yield return new TimedPicture(i / FrameRate, picture);
        }
    }

    private static bool IsPicture(string file) =>
        System.IO.Path.GetExtension(file).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg";

    private static BigInteger LastNumber(string name)
    {
        var end = name.Length;
        while (end > 0 && !char.IsAsciiDigit(name[end - 1]))
            end--;
        var start = end;
        while (start > 0 && char.IsAsciiDigit(name[start - 1]))
            start--;
        return start < end ? BigInteger.Parse(name.AsSpan(start, end - start), System.Globalization.CultureInfo.InvariantCulture) : -1;
    }
}
