using System.Buffers.Binary;
using System.Text;
using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Images;

/// <summary>
/// The 100 faces and 100 other patches of Labeled Faces in the Wild (Huang, Ramesh, Berg and Learned-Miller, 2007) that scikit-image
/// carries, 25x25, grey. From a folder with `lfw_subset.npy`, from the installed Debian package python3-skimage, or fetched from it.
/// </summary>
internal static class LfwSubset
{
    private const string Package = "python3-skimage", Home = "usr/lib/python3/dist-packages/skimage/data", File = "lfw_subset.npy";
    private const int Images = 200, Faces = 100, Side = 25, Values = Images * Side * Side;

    public static IImageDataset Open(Split split, ImageSetOptions options)
    {
        var folder = options.Root ?? PackagedFiles.Folder(Package, Home, [File], "the faces that scikit-image carries", options);
        var pixels = Read(Path.Combine(folder, File));
        byte[] labels = [.. Enumerable.Range(0, Images).Select(i => i < Faces ? (byte)0 : (byte)1)];
        return new ImagesInMemory($"lfw_subset {split.Name()}", Side, Side, 1, ["face", "no face"], pixels, labels,
            DrawnSplit.Draw(Array.ConvertAll(labels, label => (int)label), split, options.Seed, "lfw_subset"));
    }

    // NumPy's format 1: a magic word, two bytes of version, the length of the header, the header (text), the values.
    private static byte[] Read(string path)
    {
        var bytes = WholeFile.Read(path);
        if (bytes.Length < 10 || bytes is not [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, ..])
            throw new DataException($"{path} starts with {WholeFile.Start(bytes)}, expected a NumPy array (.npy, version 1)");
        var start = 10 + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        var header = Encoding.ASCII.GetString(bytes.AsSpan(10, Math.Min(start, bytes.Length) - 10)).Trim();
        var expected = $"'shape': ({Images}, {Side}, {Side})";
        if (!header.Contains("'descr': '<f8'", StringComparison.Ordinal) || !header.Contains("'fortran_order': False", StringComparison.Ordinal)
            || !header.Contains(expected, StringComparison.Ordinal))
            throw new DataException($"{path} is {header}, expected 'descr': '<f8', {expected}");
        if (bytes.Length - start != Values * sizeof(double))
            throw new DataException($"{path} holds {bytes.Length - start} bytes of values, its header promises {Values * sizeof(double)}");
        var pixels = new byte[Values];
        for (var i = 0; i < Values; i++)
        {
            var value = BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(start + i * sizeof(double)));
            pixels[i] = value is >= 0 and <= 1
                ? (byte)Math.Round(255 * value)
                : throw new DataException($"{path} holds the value {value}, expected 0 to 1");
        }
        return pixels;
    }
}
