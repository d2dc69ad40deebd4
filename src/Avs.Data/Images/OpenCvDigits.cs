using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Media;
using Avs.Data.Packages;
using OpenCvSharp;

namespace Avs.Data.Images;

/// <summary>
/// The handwritten digits that OpenCV's samples carry: one sheet of 100 by 50 cells of 20x20, five rows to each digit from 0 to 9. From a
/// folder with `digits.png`, from the installed Debian package opencv-doc, or fetched from it. Splits are drawn: 80, 10 and 10 of a
/// hundred.
/// </summary>
public static class OpenCvDigits
{
    private const string Package = "opencv-doc", Home = "usr/share/doc/opencv-doc/examples/data", File = "digits.png";
    private const string What = "OpenCV's handwritten digits";
    private const int Cell = 20, Columns = 100, Rows = 50, RowsOfDigit = 5;

    /// <summary>The sheet.</summary>
    public static PackageFile Source { get; } = new(Package, $"{Home}/{File}");

    /// <summary>Opens the sheet in the cache, fetching it first if it is not there.</summary>
    /// <param name="root">The cache folder, normally <see cref="CacheFolder.Default"/>.</param>
    /// <exception cref="DataException">The package cannot be fetched or unpacked.</exception>
    public static PackageCache OpenOrFetch(string root, Action<string> log) => PackageCache.OpenOrFetch(root, Package, What, [Source], log);

    /// <summary>Opens a split of the digits in the cache.</summary>
    public static IImageDataset Open(PackageCache cache, Split split) =>
        Open(split, new ImageSetOptions { Root = Path.Combine(cache.Folder, Package, Home) });

    internal static IImageDataset Open(Split split, ImageSetOptions options)
    {
        var path = Path.Combine(options.Root ?? PackagedFiles.Folder(Package, Home, [File], What, options), File);
        using var sheet = FrameReader.Decode(path, ImageFile.Read(path), ImreadModes.Grayscale);
        if (sheet.Cols != Columns * Cell || sheet.Rows != Rows * Cell)
            throw new DataException(
                $"{path} is {sheet.Cols}x{sheet.Rows}, expected OpenCV's sheet of digits, {Columns * Cell}x{Rows * Cell}");
        var pixels = FrameReader.Bytes(sheet, 1);
        var images = new byte[Rows * Columns * Cell * Cell];
        var labels = new byte[Rows * Columns];
        for (var i = 0; i < labels.Length; i++)
        {
            var (row, column) = (i / Columns, i % Columns);
            labels[i] = (byte)(row / RowsOfDigit);
            for (var y = 0; y < Cell; y++)
                pixels.AsSpan((row * Cell + y) * Columns * Cell + column * Cell, Cell).CopyTo(images.AsSpan((i * Cell + y) * Cell, Cell));
        }

        return new ImagesInMemory($"digits {split.Name()}", Cell, Cell, 1, [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")], images,
            labels,
            DrawnSplit.Draw(Array.ConvertAll(labels, label => (int)label), split, options.Seed, "digits"));
    }
}
