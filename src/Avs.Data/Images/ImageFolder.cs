using System.Globalization;
using OpenCvSharp;

namespace Avs.Data.Images;

/// <summary>
/// Any folder of PNG and JPEG pictures, read as RGB when asked for. Pictures in subfolders have the first subfolder as their class. One CSV file
/// beside them may give attributes in CelebA's form, `image_id,attribute,...` with 1 for yes and -1 (or 0) for no, and then names the pictures;
/// `list_eval_partition.csv` (`image_id,partition`: 0 train, 1 val, 2 test) the official splits. Without one, splits are drawn: 80, 10 and 10 of a hundred.
/// </summary>
internal sealed class ImageFolder : IImageDataset
{
    private const string PartitionFile = "list_eval_partition.csv", CelebaAttributes = "list_attr_celeba.csv";

    private readonly string folder;
    private readonly int? side;
    private readonly Item[] items;

    private ImageFolder(string folder, Split split, int? side, Item[] items, IReadOnlyList<string> classes, IReadOnlyList<string> attributes)
    {
        (this.folder, this.side, this.items, Classes, Attributes) = (folder, side, items, classes, attributes);
        Name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))} {split.ToString().ToLowerInvariant()}";
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
                : throw new DataException($"{path} is {width}x{height}, expected {Width}x{Height} as the first picture; choose one size for all with --side");
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
        string[] classes = [.. all.Select(file => ClassOf(file.File)).Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        Item[] items = [.. all.Select(file => new Item(file.File, Array.IndexOf(classes, ClassOf(file.File)), file.Attributes))];
        var chosen = Partition(folder, items, split) ?? DrawnSplit.Of([.. items.Select(item => item.Label)], split, options.Seed, "folder");
        return chosen.Length > 0
            ? new ImageFolder(folder, split, options.Side, [.. chosen.Select(i => items[i])], classes, attributes)
            : throw new DataException($"{folder} has no picture in the split {BenchLayout.FolderOf(split)}: it has {items.Length} in all");
    }

    private static ((string File, bool[] Attributes)[], IReadOnlyList<string>) Found(string folder) =>
        ([.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsPicture).Select(file => Path.GetRelativePath(folder, file))
            .Order(StringComparer.Ordinal).Select(file => (file, Array.Empty<bool>()))], []);

    // CelebA's own among whatever else it comes with, or the one CSV file in the folder that is not the partition.
    private static string? AttributeTable(string folder)
    {
        var own = Path.Combine(folder, CelebaAttributes);
        if (File.Exists(own))
            return own;
        string[] tables = [.. Directory.EnumerateFiles(folder, "*.csv").Where(file => Path.GetFileName(file) != PartitionFile).Order(StringComparer.Ordinal)];
        return tables.Length <= 1 ? tables.FirstOrDefault()
            : throw new DataException($"{folder} holds {tables.Length} CSV files, {Path.GetFileName(tables[0])} and {Path.GetFileName(tables[1])}; expected one with attributes at most");
    }

    private static ((string File, bool[] Attributes)[], IReadOnlyList<string>) Named(string folder, string path)
    {
        var table = CsvTable.Read(path);
        if (table.Column("image_id") != 0 || table.Header.Count < 2)
            throw new DataException($"{path} line 1: found {string.Join(",", table.Header.Take(4))}, expected image_id and attributes");
        var rows = new List<(string, bool[])>(table.Rows.Count);
        foreach (var line in table.Rows)
        {
            if (line.Fields.Count != table.Header.Count)
                throw table.Wrong(line, $"{line.Fields.Count} values, expected {table.Header.Count}");
            rows.Add((FileOf(folder, table, line), [.. line.Fields.Skip(1).Select((value, i) => value switch
            {
                "1" => true,
                "-1" or "0" => false,
                _ => throw table.Wrong(line, $"{table.Header[i + 1]} is '{value}', expected 1 or -1"),
            })]));
        }

        return ([.. rows], [.. table.Header.Skip(1)]);
    }

    // CelebA's pictures lie in a folder of their own beside the table.
    private static string FileOf(string folder, CsvTable table, CsvLine line)
    {
        var name = line.Fields[0];
        if (name.Length == 0 || Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
            throw table.Wrong(line, $"image_id is '{name}', expected a file in the folder");
        return new[] { name, Path.Combine("img_align_celeba", name), Path.Combine("img_align_celeba", "img_align_celeba", name) }.FirstOrDefault(file => File.Exists(Path.Combine(folder, file)))
            ?? throw table.Wrong(line, $"{Path.Combine(folder, name)} is missing");
    }

    private static int[]? Partition(string folder, Item[] items, Split split)
    {
        var path = Path.Combine(folder, PartitionFile);
        if (!File.Exists(path))
            return null;
        var table = CsvTable.Read(path);
        int id = table.Column("image_id"), partition = table.Column("partition");
        if (id < 0 || partition < 0)
            throw new DataException($"{path} line 1: found {string.Join(",", table.Header)}, expected image_id,partition");
        var splits = new Dictionary<string, Split>(StringComparer.Ordinal);
        foreach (var line in table.Rows)
        {
            if (line.Fields.Count <= Math.Max(id, partition) || !int.TryParse(line.Fields[partition], CultureInfo.InvariantCulture, out var number) || number is < 0 or > 2)
                throw table.Wrong(line, "expected an image and a partition of 0 (train), 1 (val) or 2 (test)");
            splits[line.Fields[id]] = (Split)number;
        }

        return [.. Enumerable.Range(0, items.Length).Where(i => splits.TryGetValue(Path.GetFileName(items[i].File), out var found) && found == split)];
    }

    private static string ClassOf(string file) =>
        Path.GetDirectoryName(file) is { Length: > 0 } place && !place.StartsWith("img_align_celeba", StringComparison.Ordinal) ? place.Split(Path.DirectorySeparatorChar)[0] : "";

    private static bool IsPicture(string file) => Path.GetExtension(file).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg";
}
