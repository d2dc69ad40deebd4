using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Images;

/// <summary>
/// MNIST's handwritten digits (LeCun, Cortes and Burges), 60 000 for training and 10 000 for test, from the four idx files in a folder.
/// </summary>
internal static class Mnist
{
    public static IImageDataset Open(Split split, ImageSetOptions options)
    {
        if (options.Root is not { } folder)
            throw new UsageException("mnist is read from a folder with its four idx files (train-images-idx3-ubyte and so on, packed or "
                + "not); name it with --root DIR");
        return IdxImages.Open("mnist", folder, split, [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")], options);
    }
}
