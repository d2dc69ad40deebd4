using Avs.Eval.Reports;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>Images as cells of a sheet.</summary>
internal static class PictureCells
{
    /// <param name="images">[N,C,H,W] in [0, 1], of one channel or three.</param>
    /// <param name="caption">Words below each; null: none.</param>
    public static IEnumerable<SheetCell> From(Tensor images, Func<int, string>? caption = null)
    {
        using var scope = NewDisposeScope();
        var (n, height, width) = ((int)images.shape[0], (int)images.shape[2], (int)images.shape[3]);
        var bytes = (images.clamp(0, 1) * 255).round().to(ScalarType.Byte).cpu().expand(n, 3, height, width).permute(0, 2, 3, 1)
            .contiguous().data<byte>().ToArray(); // [N,H,W,3]
        return [.. bytes.Chunk(height * width * 3).Select((rgb, i) => new SheetCell(rgb, height, width, null, caption?.Invoke(i) ?? ""))];
    }
}
