using Avs.Data.Media;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>Any picture as a network's image.</summary>
public static class NetworkImage
{
    /// <summary>
    /// The middle square of a picture, resized and bordered with zeros as the network's images are: float32 [1,C,H,W] in [0, 1]; grey where
    /// the network's images are.
    /// </summary>
    /// <param name="path">PNG or JPEG.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="side">Of the square without its border.</param>
    /// <param name="pad">Zeros on each side.</param>
    /// <exception cref="Avs.Core.DataException">The file is missing or damaged.</exception>
    public static Tensor FromFile(string path, int channels, int side, int pad)
    {
        using var scope = NewDisposeScope();
        var (rgb, height, width) = FrameReader.Read(path);
        var square = Math.Min(height, width);
        using var picture = Mat.FromPixelData(height, width, MatType.CV_8UC3, rgb);
        using var middle = picture[new Rect((width - square) / 2, (height - square) / 2, square, square)].Clone();
        middle.GetBytes(out var bytes);
        var pixels = square == side ? bytes : PixelResize.Rgb(bytes, square, square, side, side);
        var image = tensor(pixels, [1, side, side, 3], ScalarType.Byte).permute(0, 3, 1, 2).to(ScalarType.Float32) / 255f;
        if (channels == 1)
            image = (image * tensor(new[] { 0.299f, 0.587f, 0.114f }).view(1, 3, 1, 1)).sum([1], keepdim: true);
        return nn.functional.pad(image, [pad, pad, pad, pad]).MoveToOuterDisposeScope();
    }
}
