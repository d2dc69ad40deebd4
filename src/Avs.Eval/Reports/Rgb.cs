using OpenCvSharp;

namespace Avs.Eval.Reports;

/// <summary>A colour, each part 0 to 255.</summary>
/// <param name="R">Red.</param>
/// <param name="G">Green.</param>
/// <param name="B">Blue.</param>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>What truth is drawn in.</summary>
    public static Rgb Truth { get; } = new(38, 194, 129);

    /// <summary>What a prediction is drawn in.</summary>
    public static Rgb Prediction { get; } = new(255, 128, 20);

    /// <summary>The colour as a web page writes it, for example #ff8014.</summary>
    public string Hex => $"#{R:x2}{G:x2}{B:x2}";

    internal Scalar Scalar => Scalar.FromRgb(R, G, B);
}
