using System.Globalization;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Data.Clips;
using Avs.Data.Media;
using OpenCvSharp;

namespace Avs.Data.Images;

/// <summary>
/// Any folder of PNG and JPEG pictures, read as RGB when asked for. Pictures in subfolders have the first subfolder as their class. One
/// <see cref="ImageList"/>
/// beside them may give attributes in CelebA's form, 1 for yes and -1 (or 0) for no, and then names the pictures; `list_eval_partition.csv`
/// or `.txt` (0 train, 1 val, 2 test) gives the official splits. Without one, splits are drawn: 80, 10 and 10 of a hundred.
/// </summary>
internal sealed class ImageFolder : IImageDataset
{
    private static readonly string[] PictureFolders =
        ["", "img_align_celeba", Path.Combine("img_align_celeba", "img_align_celeba"), Path.Combine("Img", "img_align_celeba")];

    private readonly string folder;
    private readonly int? side;
    private readonly Item[] items;

    private ImageFolder(string folder, Split split, int? side, Item[] items, IReadOnlyList<string> classes,
        IReadOnlyList<string> attributes)
    {
        (this.folder, this.side, this.items, Classes, Attributes) = (folder, side, items, classes, attributes);
        Name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))} {split.Name()}";
        if (side is { } given)
            (Height, Width) = (given, given);
        else
        {
            var (_, height, width) = FrameReader.Read(Path.Combine(folder, items[0].File));
            (Height, Width) = (height, width);
        }
    }

    private sealed record Item(string File, int Label, bool[] Attributes);

    public string Name { get; }

    public int Count => items.Length;

    public int Height { get; }

    public int Width { get; }

    public int Channels => 3;

    public IReadOnlyList<string> Classes { get; }

    public IReadOnlyList<string> Attributes { get; }

    public int Label(int index) => items[index].Label;

    public IReadOnlyList<bool> AttributesOf(int index) => items[index].Attributes;

    public byte[] Pixels(int index)
    {
        var path = Path.Combine(folder, items[index].File);
        var (rgb, height, width) = FrameReader.Read(path);
        if (side is null)
        {
            return height == Height && width == Width
                ? rgb
                : throw new DataException(
                    $"{path} is {width}x{height}, expected {Width}x{Height} as the first picture; choose one size for all with --side");
        }

        var square = Math.Min(height, width);
        using var picture = Mat.FromPixelData(height, width, MatType.CV_8UC3, rgb);
        using var middle = picture[new Rect((width - square) / 2, (height - square) / 2, square, square)].Clone();
        return PixelResize.Rgb(FrameReader.Bytes(middle, 3), square, square, Height, Width);
    }

    public static IImageDataset Open(Split split, ImageSetOptions options)
    {
        if (options.Root is not { } folder)
            throw new UsageException("a folder of pictures must be named; use --root DIR");
        if (!Directory.Exists(folder))
            throw new DataException($"{folder} is missing, expected a folder of pictures");
        var (all, attributes) = AttributeTable(folder) is { } table ? Named(folder, table) : Found(folder);
        if (all.Length == 0)
            throw new DataException($"{folder} holds no PNG or JPEG picture");
        string[] classes = [.. all.Select(file => ClassOf(file.File)).Where(name => name.Length > 0).Distinct()
            .Order(StringComparer.Ordinal)];
        Item[] items = [.. all.Select(file => new Item(file.File, Array.IndexOf(classes, ClassOf(file.File)), file.Attributes))];
        var chosen = Partition(folder, items, split)
            ?? DrawnSplit.Draw([.. items.Select(item => item.Label)], split, options.Seed, "folder");
        return chosen.Length > 0
            ? new ImageFolder(folder, split, options.Side, [.. chosen.Select(i => items[i])], classes, attributes)
            : throw new DataException($"{folder} has no picture in the split {split.Name()}: it has {items.Length} in all");
    }

    private static ((string File, bool[] Attributes)[], IReadOnlyList<string>) Found(string folder) =>
        ([.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsPicture)
            .Select(file => Path.GetRelativePath(folder, file))
            .Order(StringComparer.Ordinal).Select(file => (file, Array.Empty<bool>()))], []);

    // CelebA's own among whatever else it comes with, or the one list in the folder that gives attributes.
    private static string? AttributeTable(string folder)
    {
        if (Existing(folder, "list_attr_celeba") is { } own)
            return own;
        string[] tables =
        [
            .. Directory.EnumerateFiles(folder, "*.csv").Where(file => !ImageList.IsCompanion(file)).Order(StringComparer.Ordinal),
            .. Directory.EnumerateFiles(folder, "*.txt").Where(file => !ImageList.IsCompanion(file) && ImageList.IsAttributes(file))
                .Order(StringComparer.Ordinal),
        ];
        return tables.Length <= 1 ? tables.FirstOrDefault()
            : throw new DataException($"{folder} holds {tables.Length} lists, {Path.GetFileName(tables[0])} and "
                + $"{Path.GetFileName(tables[1])}; expected one with attributes at most");
    }

    // As a CSV file or as CelebA's own text, beside the pictures or in the folders of CelebA's archive.
    private static string? Existing(string folder, string name) =>
        new[] { ".csv", ".txt" }.SelectMany(kind => new[] { "", "Anno", "Eval" }.Select(place => Path.Combine(folder, place, name + kind)))
            .FirstOrDefault(File.Exists);

    private static ((string File, bool[] Attributes)[], IReadOnlyList<string>) Named(string folder, string path)
    {
        var list = ImageList.Read(path);
        if (list.Names.Count == 0)
            throw new DataException($"{path} line 1: expected the number of pictures, then a line with the names of the attributes");
        var rows = new List<(string, bool[])>(list.Rows.Count);
        foreach (var line in list.Rows)
        {
            if (line.Fields.Count != list.Names.Count + 1)
                throw list.Wrong(line, $"{line.Fields.Count} values, expected {list.Names.Count + 1}");
            rows.Add((FileOf(folder, list, line), [.. line.Fields.Skip(1).Select((value, i) => value switch
            {
                "1" => true,
                "-1" or "0" => false,
                _ => throw list.Wrong(line, $"{list.Names[i]} is '{value}', expected 1 or -1"),
            })]));
        }

        return ([.. rows], list.Names);
    }

    // CelebA's pictures lie in a folder of their own beside the table.
    private static string FileOf(string folder, ImageList list, CsvLine line)
    {
        var name = line.Fields[0];
        if (name.Length == 0 || Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
            throw list.Wrong(line, $"image_id is '{name}', expected a file in the folder");
        return PictureFolders.Select(place => Path.Combine(place, name)).FirstOrDefault(file => File.Exists(Path.Combine(folder, file)))
            ?? throw list.Wrong(line, $"{Path.Combine(folder, name)} is missing");
    }

    private static int[]? Partition(string folder, Item[] items, Split split)
    {
        if (Existing(folder, "list_eval_partition") is not { } path)
            return null;
        var list = ImageList.Read(path);
        var column = list.Names.Count == 0
            ? 1
            : 1 + list.Names.ToList().FindIndex(name => name.Equals("partition", StringComparison.OrdinalIgnoreCase));
        if (column == 0)
            throw new DataException($"{path} line 1: found image_id,{string.Join(",", list.Names)}, expected image_id,partition");
        var splits = new Dictionary<string, Split>(StringComparer.Ordinal);
        foreach (var line in list.Rows)
        {
            if (line.Fields.Count <= column || !int.TryParse(line.Fields[column], CultureInfo.InvariantCulture, out var number)
                || number is < 0 or > 2)
                throw list.Wrong(line, "expected an image and a partition of 0 (train), 1 (val) or 2 (test)");
            splits[line.Fields[0]] = (Split)number;
        }

        // Such a picture would silently be in no split.
        if (items.FirstOrDefault(item => !splits.ContainsKey(Path.GetFileName(item.File))) is { } missing)
            throw new DataException($"{path} gives no partition of {missing.File}");
        return [.. Enumerable.Range(0, items.Length).Where(i => splits[Path.GetFileName(items[i].File)] == split)];
    }

    private static string ClassOf(string file) =>
        Path.GetDirectoryName(file) is { Length: > 0 } place && !Array.Exists(PictureFolders, folder => folder == place)
            ? place.Split(Path.DirectorySeparatorChar)[0]
            : "";

    private static bool IsPicture(string file) => Path.GetExtension(file).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg";
}
