using Avs.Data.Clips;

namespace Avs.Data.Images;

/// <summary>
/// Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017): 60 000 pictures of clothes for training and 10 000 for test, MIT licence. From a folder,
/// from the installed Debian package dataset-fashion-mnist, or fetched from it.
/// </summary>
internal static class FashionMnist
{
    private const string Package = "dataset-fashion-mnist", Home = "usr/share/datasets/fashion-mnist";

    private static readonly string[] Files =
        ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];

    private static readonly string[] Classes =
        ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    public static IImageDataset Open(Split split, ImageSetOptions options)
    {
        var folder = options.Root ?? PackagedFiles.Folder(Package, Home, Files, "the images of Fashion-MNIST", options);
        return IdxImages.Open("fashion_mnist", folder, split, Classes, options);
    }
}
