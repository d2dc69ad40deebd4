using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Metrics;
using OpenCvSharp;

namespace Avs.Eval.Reports;

/// <summary>
/// Writes predicted masks as AVSBench's own evaluation does: <c>{folder}/{category}/{name}/{name}_{i}.png</c> for S4,
/// <c>{folder}/{video_id}/{video_id}_{i}.png</c> for MS3, i from 0, grey 8-bit, 0 or 255; for AVSS named as for MS3, each class in its
/// colour.
/// </summary>
/// <param name="Folder">Where the folders of categories or clips go; made when missing.</param>
/// <param name="Subset">Which layout.</param>
public sealed record PredictionFiles(string Folder, Subset Subset)
{
    /// <summary>The file of a frame's mask, frames counted from 0.</summary>
    /// <exception cref="DataException">The clip's name or category cannot be the name of a file.</exception>
    public string GetPath(ClipInfo clip, int frame)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        var name = Name(clip.Id, "clip name");
        var folder = Subset == Subset.S4 ? Path.Combine(Folder, Name(clip.Category, "category"), name) : Path.Combine(Folder, name);
        return Path.Combine(folder, $"{name}_{frame}.png");
    }

    /// <summary>Writes the mask of one frame, counted from 0, whole or not at all.</summary>
    /// <param name="probabilities">[height, width]; above one half is foreground.</param>
    public void Write(ClipInfo clip, int frame, float[] probabilities, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.Length != (long)height * width)
        {
            throw new ArgumentException(
                $"a mask of {height}x{width} pixels has {(long)height * width} values, not {probabilities.Length}", nameof(probabilities));
        }
        var grey = MaskThreshold.Apply(probabilities);
        using var mask = Mat.FromPixelData(height, width, MatType.CV_8UC1, grey);
        Write(clip, frame, mask.ToBytes(".png"));
    }

    /// <summary>Writes the classes of one frame, counted from 0, whole or not at all.</summary>
    /// <param name="classes">The class of each pixel, [height, width].</param>
    public void WriteClasses(ClipInfo clip, int frame, ReadOnlySpan<byte> classes, int height, int width) =>
        Write(clip, frame, ClassPicture.ToPng(classes, height, width));

    private void Write(ClipInfo clip, int frame, byte[] png)
    {
        var path = GetPath(clip, frame);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteAllBytes(path, png);
    }

    // Names come out of tables: none may lead out of the folder.
    private static string Name(string name, string what) =>
        name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\\', '\0')
            ? throw new DataException($"the {what} '{name}' cannot be the name of a file")
            : name;
}
