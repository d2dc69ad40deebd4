using Avs.Data.Clips;
using Avs.Data.Packages;

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

    public static IImageDataset Open(Split split, ImageSetOptions options) =>
        IdxImages.Open("fashion_mnist", options.Root ?? PackagedFiles.Folder(Package, Home, Files, "the images of Fashion-MNIST", options), split, Classes, options);
}

/// <summary>Files of a Debian package: where it is installed, there; else fetched.</summary>
internal static class PackagedFiles
{
    /// <summary>The folder that holds the files.</summary>
    public static string Folder(string package, string home, IReadOnlyList<string> files, string what, ImageSetOptions options)
    {
        var installed = "/" + home;
        if (options.Cache is null && files.All(file => File.Exists(Path.Combine(installed, file))))
            return installed;
        var sources = files.Select(file => new PartSource(package, $"{home}/{file}")).ToArray();
        var cache = PackageCache.OpenOrFetch(options.Cache ?? PackageCache.DefaultRoot(), package, what, sources, options.Says);
        return Path.Combine(cache.Folder, package, home);
    }
}
