using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Images;

/// <summary>
/// The images of a folder with `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the two `t10k` files, packed by gzip or not.
/// </summary>
internal static class IdxImages
{
    public static IImageDataset Open(string name, string folder, Split split, IReadOnlyList<string> classes, ImageSetOptions options)
    {
        var part = split == Split.Test ? "t10k" : "train";
        var (imagesPath, labelsPath) = (Find(folder, $"{part}-images", "idx3-ubyte"), Find(folder, $"{part}-labels", "idx1-ubyte"));
        var (images, labels) = (IdxFile.Read(imagesPath, 3), IdxFile.Read(labelsPath, 1));
        if (images.Sizes[0] != labels.Sizes[0])
            throw new DataException($"{labelsPath} holds {labels.Sizes[0]} labels for the {images.Sizes[0]} images of {imagesPath}");
        if (images.Sizes.Contains(0))
            throw new DataException($"{imagesPath} holds no image");
        if (labels.Values.Max() is var highest && highest >= classes.Count)
            throw new DataException($"{labelsPath} holds the label {highest}, expected 0 to {classes.Count - 1}");
        return new ImagesInMemory($"{name} {split.Name()}", images.Sizes[1], images.Sizes[2], 1, classes, images.Values, labels.Values,
            SetAside.Choose(name, images.Sizes[0], split, options));
    }

    private static string Find(string folder, string part, string kind)
    {
        if (!Directory.Exists(folder))
            throw new DataException($"{folder} is missing, expected a folder with idx files");
        string[] names = [$"{part}-{kind}", $"{part}-{kind}.gz", $"{part}.{kind}", $"{part}.{kind}.gz"];
        return names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new DataException($"{folder} holds no {names[0]} (nor {names[1]})");
    }
}
