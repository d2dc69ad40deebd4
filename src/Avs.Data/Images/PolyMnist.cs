using System.Globalization;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Media;
using static TorchSharp.torch;

namespace Avs.Data.Images;

/// <summary>
/// PolyMNIST as it is handed out (Sutter, Daunhawer and Vogt, 2021), and PolyMNIST-Quadrant likewise: `train/m0/N.LABEL.png` and so on,
/// `test/m0/…`; the pictures of one N are an example.
/// </summary>
internal static class PolyMnist
{
    private sealed record Example(string Number, int Label);

    public static MultimodalTensors Open(Split split, ImageSetOptions options)
    {
        if (options.Root is not { } root)
            throw new UsageException("polymnist is read from the folder that holds its 'train' and 'test'; name it with --root DIR");
        var part = Path.Combine(root, split == Split.Test ? "test" : "train");
        string[] folders = Directory.Exists(part)
            ? [.. Directory.EnumerateDirectories(part, "m*").Order(StringComparer.Ordinal)]
            : throw new DataException($"{part} is missing, expected folders m0, m1 and so on with pictures");
        if (folders.Length < 2)
            throw new DataException($"{part} holds {folders.Length} folders m0, m1 and so on, expected two at least");
        var examples = Examples(folders[0]);
        foreach (var folder in folders[1..])
            RequireSame(folders[0], examples, folder, Examples(folder));
        Example[] all = [.. examples.Values.OrderBy(example => example.Number.Length).ThenBy(example => example.Number, StringComparer.Ordinal)];
        Example[] chosen = [.. SetAside.Choose("polymnist", all.Length, split, options).Select(i => all[i])];

        using var scope = NewDisposeScope();
        var modalities = folders.Select(folder => new ModalityTensor(Path.GetFileName(folder), Read(folder, chosen))).ToArray();
        foreach (var modality in modalities)
            modality.Values.DetachFromDisposeScope();
        string[] digits = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];
        return new MultimodalTensors($"polymnist {split.Name()}", modalities,
            [new Factor(PolyDigitsSet.Digit, digits, [.. chosen.Select(example => example.Label)], null)]);
    }

    private static Dictionary<string, Example> Examples(string folder)
    {
        var found = new Dictionary<string, Example>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*.png"))
        {
            var words = Path.GetFileName(path).Split('.');
            if (words.Length != 3 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var label) || label > 9)
                throw new DataException($"{path}: expected a name as 12.7.png, the number of the example and its digit");
            if (!found.TryAdd(words[0], new Example(words[0], label)))
                throw new DataException($"{folder} holds the example {words[0]} twice, expected one digit for each");
        }
        return found.Count > 0 ? found : throw new DataException($"{folder} holds no PNG picture");
    }

    private static void RequireSame(string first, Dictionary<string, Example> expected, string folder, Dictionary<string, Example> found)
    {
        if (found.Count != expected.Count)
            throw new DataException($"{folder} holds {found.Count} pictures, but {first} {expected.Count}");
        if (expected.Values.FirstOrDefault(example => found.GetValueOrDefault(example.Number) != example) is { } missing)
            throw new DataException($"{folder} holds no {missing.Number}.{missing.Label}.png, but {first} does");
    }

    private static Tensor Read(string folder, Example[] examples)
    {
        (string Path, byte[] Rgb, int Height, int Width) ReadOne(Example example)
        {
            var path = Path.Combine(folder, $"{example.Number}.{example.Label}.png");
            var (rgb, height, width) = FrameReader.Read(path);
            return (path, rgb, height, width);
        }

        var (_, _, height, width) = ReadOne(examples[0]);
        var bytes = new byte[(long)examples.Length * height * width * 3];
        ImageTensors.ReadInParallel(examples.Length, i =>
        {
            var (path, rgb, h, w) = ReadOne(examples[i]);
            if (h != height || w != width)
                throw new DataException($"{path} is {w}x{h}, expected {width}x{height} as the first picture");
            rgb.CopyTo(bytes.AsSpan(i * rgb.Length));
        });
        return tensor(bytes, [examples.Length, height, width, 3], ScalarType.Byte).permute(0, 3, 1, 2).contiguous();
    }
}
