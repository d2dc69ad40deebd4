using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using Avs.Data.Media;
using OpenCvSharp;

namespace Avs.Data.Prepare;

/// <summary>A clip's masks.</summary>
/// <param name="Files">The file of each second's mask, by its number from one.</param>
/// <param name="Remark">What is unusual about their numbers; else empty.</param>
internal sealed record FoundMasks(IReadOnlyList<(int Number, string File)> Files, string Remark);

/// <summary>
/// Finds each clip's masks in a folder, `{name}_{k}.png` (or `.jpg`) in any of the arrangements of <see cref="ClipVideos"/> with a folder
/// a clip, or without. They are counted from 1, as AVSBench's are, or from 0, as its predictions are; zeros may precede the number.
/// </summary>
internal sealed partial class ClipMasks
{
    private readonly string folder;
    private readonly ILookup<string, (int Number, string File)> byName;

    public ClipMasks(string folder)
    {
        this.folder = folder;
        byName = Directory.EnumerateFiles(folder, "*",
            new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 })
            .Select(file => (File: file, Parts: Numbered().Match(Path.GetRelativePath(folder, file))))
            .Where(file => file.Parts.Success)
            .OrderBy(file => file.File, StringComparer.Ordinal)
            .ToLookup(file => file.Parts.Groups[1].Value,
                file => (int.Parse(file.Parts.Groups[2].ValueSpan, CultureInfo.InvariantCulture), file.File), StringComparer.Ordinal);
    }

    /// <summary>The masks of a clip.</summary>
    /// <exception cref="DataException">One that the layout needs is missing, or it is not clear which second a mask belongs to.</exception>
    public FoundMasks Find(ClipInfo clip, Subset subset, int seconds)
    {
        var split = clip.Split.Name();
        string[] places = [Path.Combine(split, clip.Category, clip.Id), Path.Combine(split, clip.Id), Path.Combine(clip.Category, clip.Id),
            clip.Id, ""];
        var numbered = places.Select(place => byName[Path.Combine(place, clip.Id)].ToArray()).FirstOrDefault(found => found.Length > 0)
            ?? [];
        var byNumber = numbered.GroupBy(mask => mask.Number)
            .ToDictionary(group => group.Key, group => Only(group.Key, [.. group.Select(mask => mask.File)]));

        var first = byNumber.ContainsKey(0) ? 0 : 1;
        if (first == 0 && byNumber.Keys.Max() == seconds)
        {
            throw new DataException(
                $"{byNumber[0]} and {byNumber[seconds]} are {seconds + 1} masks or more for the {seconds} seconds of the clip {clip.Id}; "
                + $"expected numbers 1 to {seconds}, or 0 to {seconds - 1}");
        }

        var files = new List<(int, string)>();
        for (var k = 1; k <= seconds; k++)
        {
            if (byNumber.TryGetValue(k - 1 + first, out var file))
                files.Add((k, file));
            // S4 labels the first frame only in training.
            else if (k == 1 || subset != Subset.S4 || clip.Split != Split.Train)
                throw new DataException(
                    $"{Path.Combine(folder, places[0], $"{clip.Id}_{k - 1 + first}.png")} is missing: mask {k} of the clip {clip.Id}");
        }

        List<string> remarks = [];
        if (first == 0)
            remarks.Add("the masks are counted from 0: number 0 is of the first second");
        if (byNumber.Keys.Max() >= seconds + first)
            remarks.Add($"masks from number {seconds + first} on are not used");
        return new FoundMasks(files, string.Join("; ", remarks));
    }

    /// <summary>Copies masks that are grey 0/255 PNG files of 224x224 and converts others to that form.</summary>
    /// <param name="masks">Each mask and where it goes.</param>
    /// <returns>How masks of other kinds were read; else empty.</returns>
    /// <exception cref="DataException">A file is no picture, or no mask that can be read without doubt.</exception>
    public static string Write(IEnumerable<(int Number, string File, string Target)> masks)
    {
        var remarks = masks.Select(mask => (mask.Number, Remark: Write(mask.File, mask.Target))).Where(mask => mask.Remark is not null)
            .ToArray();
        return string.Join("; ", remarks.GroupBy(mask => mask.Remark).Select(group =>
            $"mask{(group.Count() > 1 ? "s" : "")} {string.Join(", ", group.Select(mask => mask.Number))}: {group.Key}"));
    }

    private static string? Write(string file, string path)
    {
        var bytes = ImageFile.Read(file);
        if (IsOfficial(file, bytes))
        {
            File.WriteAllBytes(path, bytes);
            return null;
        }

        var (mask, height, width) = MaskReader.Read(file, out var remark);
        var sized = (height, width) == (AvsBenchDataset.OfficialSize, AvsBenchDataset.OfficialSize)
            ? mask
            : PixelResize.Mask(mask, height, width, AvsBenchDataset.OfficialSize, AvsBenchDataset.OfficialSize);
        byte[] grey = [.. sized.Select(value => value != 0 ? byte.MaxValue : byte.MinValue)];
        using var picture = Mat.FromPixelData(AvsBenchDataset.OfficialSize, AvsBenchDataset.OfficialSize, MatType.CV_8UC1, grey);
        File.WriteAllBytes(path, picture.ToBytes(".png"));
        return remark;
    }

    // The PNG where there is a JPEG of the same name beside it, as everywhere.
    private static string Only(int number, string[] files)
    {
        var pngs = files.Where(file => Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase)).ToArray();
        var chosen = pngs.Length > 0 ? pngs : files;
        return chosen is [var only]
            ? only
            : throw new DataException($"{chosen[0]} and {Path.GetFileName(chosen[1])} are both mask {number} of one clip");
    }

    private static bool IsOfficial(string file, byte[] bytes)
    {
        if (ImageFile.IsPalettePng(bytes) || bytes[0] != 0x89)
            return false;
        using var picture = FrameReader.Decode(file, bytes, ImreadModes.Unchanged);
        return picture.Type() == MatType.CV_8UC1 && picture.Rows == AvsBenchDataset.OfficialSize
            && picture.Cols == AvsBenchDataset.OfficialSize
            && !FrameReader.Bytes(picture, 1).AsSpan().ContainsAnyExcept(byte.MinValue, byte.MaxValue);
    }

    [GeneratedRegex(@"^(.+)_([0-9]{1,9})\.(?:png|jpe?g)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Numbered();
}
