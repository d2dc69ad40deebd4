using static TorchSharp.torch;

namespace Avs.Eval.Autoencoding;

/// <summary>Goes through many images in batches, so that memory does not grow with their number.</summary>
internal static class ImageBatches
{
    /// <summary>Images in a batch.</summary>
    public const int Size = 250;

    /// <summary>What a function makes of each batch, joined along the first dimension.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="size">How many at once.</param>
    /// <param name="compute">Gets the first index and how many.</param>
    public static Tensor Join(int count, Func<int, int, Tensor> compute, int size = Size)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        for (var first = 0; first < count; first += size)
        {
            using var part = NewDisposeScope();
            parts.Add(compute(first, Math.Min(size, count - first)).cpu().MoveToOuterDisposeScope());
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    /// <summary>What a function makes of the images of some rows, joined along the first dimension.</summary>
    public static Tensor JoinRows(long[] rows, Func<long[], Tensor> compute, int size = Size) =>
        Join(rows.Length, (first, count) => compute(rows[first..(first + count)]), size);

    /// <summary>The numbers of a vector.</summary>
    public static double[] Numbers(Tensor vector)
    {
        using var scope = NewDisposeScope();
        return vector.detach().to(ScalarType.Float64, CPU).contiguous().data<double>().ToArray();
    }
}
