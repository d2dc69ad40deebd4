using Avs.Eval.Autoencoding;
using static TorchSharp.torch;

// Whether probabilities are frequencies: C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On Calibration of Modern Neural Networks", ICML 2017,
// here of a pixel to be of the target.
//
//   ECE = Σ_b n_b/n |mean p − share of target|      over bins of equal width of the predicted probability p
//
// A split has mostly background, which is easy, so small numbers are usual; the curve says more.

namespace Avs.Eval.EcmvaeCodes;

/// <summary>The pixels whose predicted probability lies in one bin.</summary>
/// <param name="From">The bin's lower end.</param>
/// <param name="Predicted">The mean probability; NaN of an empty bin.</param>
/// <param name="Observed">The share of the pixels that are of the target; NaN of an empty bin.</param>
public sealed record CalibrationBin(double From, double To, long Pixels, double Predicted, double Observed);

/// <summary>A calibration curve.</summary>
/// <param name="Error">ECE.</param>
public sealed record CalibrationCurve(double Error, IReadOnlyList<CalibrationBin> Bins);

/// <summary>Collects a calibration curve.</summary>
public sealed class Calibration
{
    /// <summary>Bins of a curve.</summary>
    public const int Bins = 15;

    private readonly double[] pixels = new double[Bins], predicted = new double[Bins], target = new double[Bins];

    /// <summary>Adds pixels.</summary>
    /// <param name="probabilities">Any shape.</param>
    /// <param name="truth">Bool, of the same shape.</param>
    public void Add(Tensor probabilities, Tensor truth)
    {
        using var scope = NewDisposeScope();
        var p = probabilities.flatten().to(ScalarType.Float64);
        var bin = (p * Bins).floor().clamp(0, Bins - 1).to(ScalarType.Int64);
        void AddTo(double[] sums, Tensor? weights)
        {
            using var inner = NewDisposeScope();
            var values = ImageBatches.Numbers(bin.bincount(weights, Bins));
            for (var b = 0; b < Bins; b++)
                sums[b] += values[b];
        }
        AddTo(pixels, null);
        AddTo(predicted, p);
        AddTo(target, truth.flatten().to(ScalarType.Float64));
    }

    /// <summary>The curve of all pixels so far.</summary>
    public CalibrationCurve Result()
    {
        var all = pixels.Sum();
        return new CalibrationCurve(
            Enumerable.Range(0, Bins).Sum(b => Math.Abs(predicted[b] - target[b])) / all,
            [.. Enumerable.Range(0, Bins).Select(b => new CalibrationBin(
                (double)b / Bins, (b + 1.0) / Bins, (long)pixels[b], predicted[b] / pixels[b], target[b] / pixels[b]))]);
    }
}
