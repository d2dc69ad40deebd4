using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Images;

/// <summary>
/// PolyDigits, composed by `avs data compose DIR --kind poly_digits` in the manner of PolyMNIST-Quadrant (Palumbo, Daunhawer and Vogt, MMVAE+,
/// ICLR 2023): five modalities that share a digit; the quadrant it stands in and the background are each modality's own.
/// </summary>
public static class PolyDigitsSet
{
    public const int Side = 32;

    public const string Digit = "digit", Quadrant = "quadrant", Background = "background";

    public static IReadOnlyList<string> Modalities { get; } = ["m0", "m1", "m2", "m3", "m4"];

    public static IReadOnlyList<string> Quadrants { get; } = ["top left", "top right", "bottom left", "bottom right"];

    /// <summary>The file of a split in a composed folder.</summary>
    public static string FileOf(string folder, Split split) => Path.Combine(folder, $"{split.Name()}.safetensors");

    internal static MultimodalTensors Open(Split split, ImageSetOptions options)
    {
        const string Command = "avs data compose DIR --kind poly_digits";
        if (options.Root is not { } folder)
            throw new UsageException($"poly_digits is read from the folder that '{Command}' makes; name it with --root DIR");
        var path = FileOf(folder, split);
        if (!File.Exists(path))
            throw new DataException($"{path} is missing; '{Command.Replace("DIR", folder, StringComparison.Ordinal)}' makes the set");
        var set = MultimodalFile.Read(path, $"poly_digits {split.Name()}", Modalities, [Digit, Quadrant, Background]);
        if (set.Modalities.FirstOrDefault(modality => !modality.Values.shape[1..].SequenceEqual([3, Side, Side])) is not { } other)
            return set;
        var found = string.Join("x", other.Values.shape[1..]);
        set.Dispose();
        throw new DataException($"{path}: the images of {other.Name} are {found}, expected 3x{Side}x{Side}");
    }
}
