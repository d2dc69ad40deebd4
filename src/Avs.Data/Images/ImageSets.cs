using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Images;

/// <summary>One kind of image set.</summary>
/// <param name="Name">Its name in configurations and on the command line.</param>
/// <param name="About">What it is, in a few words.</param>
/// <param name="TakesSide">Whether <see cref="ImageSetOptions.Side"/> brings its images to squares; the others have one size.</param>
public sealed record ImageSet(string Name, string About, Func<Split, ImageSetOptions, IImageDataset> Open, bool TakesSide = false);

/// <summary>The image sets there are.</summary>
public static class ImageSets
{
    public static IReadOnlyList<ImageSet> All { get; } =
    [
        new("fashion_mnist", "70 000 grey pictures of clothes, 28x28, 10 classes; fetched from the Debian package dataset-fashion-mnist",
            FashionMnist.Open),
        new("mnist", "70 000 handwritten digits, 28x28, 10 classes; from a folder with the four idx files", Mnist.Open),
        new("digits", "5 000 handwritten digits, 20x20, 10 classes; fetched from the Debian package opencv-doc", OpenCvDigits.Open),
        new("lfw_subset", "100 faces and 100 other patches, 25x25, grey; fetched from the Debian package python3-skimage", LfwSubset.Open),
        new("stamps", "the frames of AVS-Stamps or another S4, 32x32 or --side; classes and attributes are the objects they show",
            StampsFrames.Open, TakesSide: true),
        new("folder",
            "any folder of pictures; its subfolders are classes, a table image_id,attribute,... (1 or -1, as CelebA's) its attributes",
            ImageFolder.Open, TakesSide: true),
    ];

    /// <summary>Opens a split of a set.</summary>
    /// <exception cref="UsageException">There is no such set, it needs a folder, its images cannot be resized, or it has no such split.</exception>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static IImageDataset Open(string name, Split split, ImageSetOptions options)
    {
        var set = Find(name);
        return options.Side is null || set.TakesSide ? set.Open(split, options) : throw OneSize(name, options.Side.Value);
    }

    internal static UsageException OneSize(string name, int side) =>
        new($"the images of {name} have one size already, they cannot be brought to {side}");

    /// <summary>The set of a name.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static ImageSet Find(string name) => All.FirstOrDefault(set => set.Name == name)
        ?? throw new UsageException($"there is no image set '{name}', expected one of {string.Join(", ", All.Select(set => set.Name))}");
}
