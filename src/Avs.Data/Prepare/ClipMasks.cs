using OpenCvSharp;

namespace Avs.Data.Prepare;

/// <summary>
/// Finds each clip's masks in a folder, `{name}_{k}.png` (or `.jpg`) in any of the arrangements of <see cref="ClipVideos"/> with a folder
/// a clip, or without. A mask that is already a grey 0/255 PNG of 224x224 is copied as it is, any other is read by the rule for masks and written so.
/// </summary>
internal sealed class ClipMasks(string folder)
{
    /// <summary>The masks of a clip by their number from one.</summary>
    /// <exception cref="DataException">One that the layout needs is missing.</exception>
    public IReadOnlyList<(int Number, string File)> Find(ClipInfo clip, Subset subset, int seconds)
    {
        var split = BenchLayout.FolderOf(clip.Split);
        string[] places = [Path.Combine(split, clip.Category, clip.Id), Path.Combine(split, clip.Id), Path.Combine(clip.Category, clip.Id), clip.Id, ""];
        var found = new List<(int, string)>();
        for (var k = 1; k <= seconds; k++)
        {
            var file = places.SelectMany(place => new[] { ".png", ".jpg" }.Select(kind => Path.Combine(folder, place, $"{clip.Id}_{k}{kind}"))).FirstOrDefault(File.Exists);
            if (file is not null)
                found.Add((k, file));
            // S4 labels the first frame only in training.
            else if (k == 1 || subset != Subset.S4 || clip.Split != Split.Train)
                throw new DataException($"{Path.Combine(folder, places[0], $"{clip.Id}_{k}.png")} is missing: mask {k} of the clip {clip.Id}");
        }

        return found;
    }

    /// <exception cref="DataException">The file is no picture.</exception>
    public static void Write(string file, string path)
    {
        var bytes = ImageFile.Read(file);
        if (IsOfficial(file, bytes))
        {
            File.WriteAllBytes(path, bytes);
            return;
        }

        var (mask, height, width) = MaskReader.Read(file);
        var sized = (height, width) == (AvsBench.OfficialSize, AvsBench.OfficialSize)
            ? mask
            : PixelResize.Mask(mask, height, width, AvsBench.OfficialSize, AvsBench.OfficialSize);
        byte[] grey = [.. sized.Select(value => value != 0 ? byte.MaxValue : byte.MinValue)];
        using var picture = Mat.FromPixelData(AvsBench.OfficialSize, AvsBench.OfficialSize, MatType.CV_8UC1, grey);
        File.WriteAllBytes(path, picture.ToBytes(".png"));
    }

    private static bool IsOfficial(string file, byte[] bytes)
    {
        if (ImageFile.IsPalettePng(bytes) || bytes[0] != 0x89)
            return false;
        using var picture = FrameReader.Decode(file, bytes, ImreadModes.Unchanged);
        return picture.Type() == MatType.CV_8UC1 && picture.Rows == AvsBench.OfficialSize && picture.Cols == AvsBench.OfficialSize
            && !FrameReader.Bytes(picture, 1).AsSpan().ContainsAnyExcept(byte.MinValue, byte.MaxValue);
    }
}
