using System.Buffers.Binary;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;

namespace Avs.Train.Tests.Autoencoding;

/// <summary>Folders of tiny image sets.</summary>
internal static class TinyImages
{
    /// <summary>MNIST's four files with a few images of 28x28, each a bright block somewhere.</summary>
    public static void WriteMnist(string folder, int train = 60, int test = 10)
    {
        Directory.CreateDirectory(folder);
        foreach (var (part, count) in (IEnumerable<(string, int)>)[("train", train), ("t10k", test)])
        {
            var random = new NamedRandom(1, $"tiny/{part}");
            var images = new byte[16 + count * 28 * 28];
            foreach (var (i, word) in new[] { 0x803, count, 28, 28 }.Index())
                BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4 * i), word);
            var labels = new byte[8 + count];
            BinaryPrimitives.WriteInt32BigEndian(labels, 0x801);
            BinaryPrimitives.WriteInt32BigEndian(labels.AsSpan(4), count);
            for (var n = 0; n < count; n++)
            {
                var (top, left) = (random.NextInt(20), random.NextInt(20));
                for (var y = 0; y < 8; y++)
                    images.AsSpan(16 + (n * 28 + top + y) * 28 + left, 8).Fill((byte)(128 + random.NextInt(128)));
                labels[8 + n] = (byte)random.NextInt(10);
            }
            File.WriteAllBytes(Path.Combine(folder, $"{part}-images-idx3-ubyte"), images);
            File.WriteAllBytes(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), labels);
        }
    }

    /// <summary>PolyDigits with a few examples of noise.</summary>
    public static void WritePolyDigits(string folder, int count = 24)
    {
        Directory.CreateDirectory(folder);
        foreach (var split in Enum.GetValues<Split>())
        {
            var random = new NamedRandom(1, $"tiny/{split}");
            byte[] Noise() => [.. Enumerable.Range(0, count * 3 * 32 * 32).Select(_ => (byte)random.NextInt(256))];
            int[] Labels(int classes) => [.. Enumerable.Range(0, count).Select(_ => random.NextInt(classes))];
            string[] Classes(int n) => [.. Enumerable.Range(0, n).Select(i => $"{i}")];
            MultimodalFile.Write(
                PolyDigitsSet.FileOf(folder, split),
                [.. PolyDigitsSet.Modalities.Select(name => new ModalityPixels(name, 3, 32, 32, Noise()))],
                [
                    new Factor(PolyDigitsSet.Digit, Classes(10), Labels(10), null),
                    .. Enumerable.Range(0, 5).Select(m => new Factor(PolyDigitsSet.Quadrant, PolyDigitsSet.Quadrants, Labels(4), m)),
                    .. Enumerable.Range(0, 5).Select(m => new Factor(PolyDigitsSet.Background, Classes(3), Labels(3), m)),
                ],
                new Dictionary<string, string>());
        }
    }
}
