using Avs.Core;

namespace Avs.Data.Images;

/// <summary>A data set of single images of one size. Implementations are safe to read from several threads.</summary>
public interface IImageDataset
{
    /// <summary>A short name for reports, such as `fashion_mnist test`.</summary>
    string Name { get; }

    int Count { get; }

    int Height { get; }

    int Width { get; }

    /// <summary>1 (grey) or 3 (red, green, blue).</summary>
    int Channels { get; }

    /// <summary>The names of the classes by their number; empty where images have none.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>The names of the yes-or-no attributes; empty where images have none.</summary>
    IReadOnlyList<string> Attributes { get; }

    /// <summary>An image, 8-bit `[Height, Width, Channels]`.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="DataException">The file is missing or damaged.</exception>
    byte[] Pixels(int index);

    /// <summary>The number of an image's class in <see cref="Classes"/>; -1 where there are none.</summary>
    /// <param name="index">From 0.</param>
    int Label(int index);

    /// <summary>Which of <see cref="Attributes"/> an image has, in their order; empty where there are none.</summary>
    /// <param name="index">From 0.</param>
    IReadOnlyList<bool> AttributesOf(int index);
}

/// <summary>How an image set is opened.</summary>
public sealed record ImageSetOptions
{
    /// <summary>The folder of its files; null for sets that can be fetched.</summary>
    public string? Root { get; init; }

    /// <summary>
    /// The side to which images are resized; of a folder's, the middle square. Null: a folder's must be of one size already, AVS-Stamps'
    /// become 32x32.
    /// </summary>
    public int? Side { get; init; }

    /// <summary>Sets that have official training and test images only: how many training images are set aside for validation.</summary>
    public int ValidationImages { get; init; }

    /// <summary>Decides which images go into which split, where there is no official split.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Where fetched files are kept; null for <see cref="CacheFolder.Default"/>.</summary>
    public string? Cache { get; init; }

    /// <summary>Gets a few words when something is fetched.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
