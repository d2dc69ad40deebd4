using OpenCvSharp;
using SkiaSharp;

namespace Avs.Eval.Reports;

/// <summary>A colour, each part 0 to 255.</summary>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>The colour of true masks.</summary>
    public static Rgb Truth { get; } = new(38, 194, 129);

    /// <summary>The colour of predicted masks.</summary>
    public static Rgb Prediction { get; } = new(255, 128, 20);

    /// <summary>As web pages write it, `#2ac281`.</summary>
    public string ToHex() => $"#{R:x2}{G:x2}{B:x2}";

    internal Scalar ToOpenCv() => Scalar.FromRgb(R, G, B);

    internal SKColor ToSkia() => new(R, G, B);

    internal ScottPlot.Color ToPlot() => new(R, G, B);
}
