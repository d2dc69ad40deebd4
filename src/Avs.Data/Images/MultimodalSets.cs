using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Images;

/// <summary>One kind of set whose examples have several modalities.</summary>
/// <param name="Name">Its name in configurations and on the command line.</param>
/// <param name="About">What it is, in a few words.</param>
/// <param name="TakesSide">Whether <see cref="ImageSetOptions.Side"/> brings its images to squares; the others have one size.</param>
public sealed record MultimodalSet(
    string Name, string About, Func<Split, ImageSetOptions, MultimodalTensors> Open, bool TakesSide = false);

/// <summary>The multimodal sets there are.</summary>
public static class MultimodalSets
{
    public static IReadOnlyList<MultimodalSet> All { get; } =
    [
        new("poly_digits", "five pictures 32x32 of the same digit, each in a quadrant and over a photograph of its own; from the folder that "
            + "'avs data compose DIR --kind poly_digits' makes", PolyDigitsSet.Open),
        new("stamps_frames_sound", "the frame, 32x32 or --side, and the log-mel example, 96x64, of each second of AVS-Stamps or another S4 that "
            + "has a mask", StampsFramesSound.Open, TakesSide: true),
        new("polymnist", "PolyMNIST as it is handed out: five pictures 28x28 of the same digit; from a folder with train/m0/N.LABEL.png",
            PolyMnist.Open),
    ];

    /// <summary>Reads a split of a set into memory.</summary>
    /// <exception cref="UsageException">There is no such set, it needs a folder, or its images cannot be resized.</exception>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static MultimodalTensors Open(string name, Split split, ImageSetOptions options)
    {
        var set = Find(name);
        return options.Side is null || set.TakesSide ? set.Open(split, options) : throw ImageSets.OneSize(name, options.Side.Value);
    }

    /// <summary>The set of a name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static MultimodalSet Find(string name) => All.FirstOrDefault(set => set.Name == name)
        ?? throw new UsageException($"there is no multimodal set '{name}', expected one of {string.Join(", ", All.Select(set => set.Name))}");
}
