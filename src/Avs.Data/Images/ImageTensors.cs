using Avs.Core;
using static TorchSharp.torch;

namespace Avs.Data.Images;

/// <summary>
/// The images of one split in memory, for models small enough that reading a file for each image would be the longer part.
/// </summary>
public sealed class ImageTensors : IExamples
{
    private const int ImagesAtOnce = 1024;

    private readonly Tensor pixels; // uint8 [n,C,H,W]

    private ImageTensors(IImageDataset images, int count, Tensor pixels)
    {
        this.pixels = pixels;
        (Name, Classes, Attributes) = (images.Name, images.Classes, images.Attributes);
        Labels = [.. Enumerable.Range(0, count).Select(images.Label)];
        AttributesOf = [.. Enumerable.Range(0, count).Select(images.AttributesOf)];
    }

    /// <summary>Reads every image of a split.</summary>
    /// <param name="pad">Zeros on each of the four sides: 2 makes 32x32 of 28x28.</param>
    /// <param name="most">Only so many images, the first; null: all.</param>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static ImageTensors Load(IImageDataset images, int pad = 0, int? most = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pad);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most ?? 1);
        using var scope = NewDisposeScope();
        var (c, h, w) = (images.Channels, images.Height, images.Width);
        var count = Math.Min(images.Count, most ?? images.Count);
        var all = zeros([count, c, h + 2 * pad, w + 2 * pad], ScalarType.Byte);
        var inner = all.narrow(2, pad, h).narrow(3, pad, w);
        for (var first = 0; first < count; first += ImagesAtOnce)
        {
            using var part = NewDisposeScope();
            var n = Math.Min(ImagesAtOnce, count - first);
            var bytes = new byte[n * h * w * c];
            ReadInParallel(n, i => images.Pixels(first + i).CopyTo(bytes, i * h * w * c));
            inner.narrow(0, first, n).copy_(tensor(bytes, [n, h, w, c], ScalarType.Byte).permute(0, 3, 1, 2)); // [n,H,W,C] -> [n,C,H,W]
        }
        var loaded = new ImageTensors(images, count, all);
        all.DetachFromDisposeScope();
        return loaded;
    }

    /// <summary>Reads every image of a split, with as many zeros around each as bring it to the shape of others.</summary>
    /// <returns>null where none do.</returns>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static ImageTensors? LoadLike(ImageTensors others, IImageDataset images)
    {
        var (rows, columns) = (others.Height - images.Height, others.Width - images.Width);
        return images.Channels == others.Channels && rows == columns && rows >= 0 && rows % 2 == 0 ? Load(images, rows / 2) : null;
    }

    public string Name { get; }

    public int Count => (int)pixels.shape[0];

    public int Channels => (int)pixels.shape[1];

    public int Height => (int)pixels.shape[2];

    public int Width => (int)pixels.shape[3];

    /// <summary>The names of the classes by their number; empty where images have none.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The class of each image; -1 where there are none.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>The names of the yes-or-no attributes; empty where images have none.</summary>
    public IReadOnlyList<string> Attributes { get; }

    /// <summary>Which of <see cref="Attributes"/> each image has.</summary>
    public IReadOnlyList<IReadOnlyList<bool>> AttributesOf { get; }

    /// <summary>Some images: float32 [N,C,H,W] in [0, 1].</summary>
    /// <param name="rows">Their indices.</param>
    public Tensor Batch(ReadOnlySpan<long> rows)
    {
        using var scope = NewDisposeScope();
        return UnitRange(pixels.index_select(0, tensor(rows.ToArray()))).MoveToOuterDisposeScope();
    }

    IReadOnlyList<Tensor> IExamples.Batch(ReadOnlySpan<long> rows) => [Batch(rows)];

    /// <summary>Images in their order: float32 [N,C,H,W] in [0, 1].</summary>
    public Tensor Batch(int first, int count)
    {
        using var scope = NewDisposeScope();
        return UnitRange(pixels.narrow(0, first, count)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => pixels.Dispose();

    internal static Tensor UnitRange(Tensor pixels) =>
        pixels.dtype == ScalarType.Byte ? pixels.to(ScalarType.Float32).div_(255f) : pixels.alias();

    /// <summary>Reads files on all cores; the first damaged one is reported as it would be alone.</summary>
    internal static void ReadInParallel(int count, Action<int> read)
    {
        try
        {
            Parallel.For(0, count, read);
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<AvsException>().FirstOrDefault() is { } cause)
        {
            throw new DataException(cause.Message, e);
        }
    }
}
