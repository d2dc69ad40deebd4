using System.Globalization;
using Avs.Eval.Reports;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>Tensors as small pictures and as numbers.</summary>
internal static class Tiles
{
    /// <param name="images">[N,C,H,W] in [0, 1], of one channel or three.</param>
    /// <param name="caption">Words below each; null: none.</param>
    public static Tile[] From(Tensor images, Func<int, string>? caption = null)
    {
        var (height, width) = ((int)images.shape[2], (int)images.shape[3]);
        return [.. Bytes(images).Chunk(height * width * 3).Select((rgb, i) => new Tile(rgb, height, width, caption?.Invoke(i) ?? ""))];
    }

    /// <summary>[N,C,H,W] in [0, 1] as bytes [N,H,W,3].</summary>
    public static byte[] Bytes(Tensor images)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        return (images.clamp(0, 1) * 255).round().to(ScalarType.Byte).cpu()
            .expand(images.shape[0], 3, images.shape[2], images.shape[3]).permute(0, 2, 3, 1).contiguous().data<byte>().ToArray();
    }

    /// <summary>A tensor [N,K] as N rows.</summary>
    public static double[][] Rows(Tensor values)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        return [.. values.detach().to(ScalarType.Float64, CPU).contiguous().data<double>().ToArray().Chunk((int)values.shape[1])];
    }

    public static string Number(double value, int digits = 2)
    {
        var text = value.ToString($"F{digits}", CultureInfo.InvariantCulture);
        return text.Trim('-', '0', '.').Length == 0 ? text.TrimStart('-') : text;
    }

    /// <summary>`(0.31, -1.20)`, or the first numbers of a longer code.</summary>
    public static string Code(IReadOnlyList<double> code, int most = 2) =>
        $"({string.Join(", ", code.Take(most).Select(value => Number(value)))}{(code.Count > most ? ", …" : "")})";
}
