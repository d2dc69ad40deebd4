using Avs.Eval.Reports;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>A picture of what a model has learned.</summary>
internal static class ExampleSheet
{
    public const int Columns = 10;
    private const int CellWidth = 72;

    public static void Write(string path, string title, string about, IReadOnlyList<SheetRow> rows) =>
        new ContactSheet(CellWidth).Write(path, new Sheet(title, about, [.. Enumerable.Repeat("", Columns)], rows));

    /// <summary>Images as cells.</summary>
    /// <param name="images">[N,C,H,W] in [0, 1], of one channel or three.</param>
    /// <param name="caption">Words below each; null: none.</param>
    public static IEnumerable<SheetCell> Cells(Tensor images, Func<int, string>? caption = null)
    {
        using var scope = NewDisposeScope();
        var (n, height, width) = ((int)images.shape[0], (int)images.shape[2], (int)images.shape[3]);
        var bytes = (images.clamp(0, 1) * 255).round().to(ScalarType.Byte).cpu().expand(n, 3, height, width).permute(0, 2, 3, 1)
            .contiguous().data<byte>().ToArray(); // [N,H,W,3]
        return [.. bytes.Chunk(height * width * 3).Select((rgb, i) => new SheetCell(rgb, height, width, null, caption?.Invoke(i) ?? ""))];
    }
}
