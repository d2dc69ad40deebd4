using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Data.Clips;
using Avs.Eval.Autoencoding;
using Avs.Models;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>Masks and probabilities of one way to choose the codes.</summary>
/// <param name="Codes">`mean`: one pass with the means; `draws`: the mean probability of several draws.</param>
/// <param name="MeanIou">Over the labelled frames.</param>
public sealed record PredictionQuality(string Codes, double MeanIou, double WrongPixels, CalibrationCurve Calibration);

/// <summary>Whether draws of the codes know where the masks are wrong.</summary>
/// <param name="Samples">Draws a frame.</param>
/// <param name="MeanDeviation">Of the probability over the draws, mean over the pixels.</param>
/// <param name="DeviationWhereWrong">The same over the pixels that the drawn masks have wrong; NaN where none is.</param>
/// <param name="DeviationWhereRight">Over the others.</param>
/// <param name="ByDeviation">Pixels taken away by the deviation over the draws.</param>
/// <param name="ByProbability">By √(p(1 − p)) of the mean probability, which any model has.</param>
public sealed record UncertaintyResult(
    string Dataset, int Clips, int Frames, int Samples, IReadOnlyList<PredictionQuality> Predictions, double MeanDeviation,
    double DeviationWhereWrong, double DeviationWhereRight, SparsificationCurve ByDeviation, SparsificationCurve ByProbability);

/// <summary>A frame for pictures.</summary>
/// <param name="Probability">The mean over the draws [height,width].</param>
/// <param name="Deviation">Over the draws [height,width].</param>
/// <param name="MeanDeviation">Its mean.</param>
internal sealed record UncertaintyExample(
    int Clip, int Frame, int Height, int Width, float[] Probability, float[] Deviation, double MeanDeviation, double Iou);

/// <summary>Measures the uncertainty of a model with latent codes.</summary>
public static class CodeUncertainty
{
    /// <summary>Predicts a data set once with the means of the codes and once with several draws.</summary>
    /// <param name="model">An ECMVAE; it is set to evaluation mode.</param>
    /// <param name="samples">Draws a frame, at least 2.</param>
    /// <param name="seed">Of the draws.</param>
    internal static (UncertaintyResult Result, IReadOnlyList<UncertaintyExample> Examples) Run(
        AudioVisualSegmenter model, IClipDataset dataset, CodePassOptions options, int samples, long seed)
    {
        CodePass.Require(model);
        using var generator = NamedGenerator.Create(seed, "latents/uncertainty");
        var noise = new GeneratorNoise(generator);
        var (ofMean, ofDraws) = (new Quality(), new Quality());
        var (byDeviation, byProbability) = (new Sparsification(), new Sparsification());
        var examples = new List<UncertaintyExample>();
        var (frames, pixels, deviations, wrongPixels, wrongDeviations) = (0, 0.0, 0.0, 0.0, 0.0);
        MaskPass.Run(model, dataset, options, batch =>
        {
            var mean = model.Predict(batch.Input, LatentAtTest.Mean, noise);
            var drawn = model.Predict(batch.Input, LatentAtTest.Sample(samples), noise);
            return [mean.Logits, drawn.Logits, drawn.Variance!.clamp(min: 0).sqrt()];
        }, seen =>
        {
            var (mean, drawn, deviation) = (seen.Maps[0].sigmoid(), seen.Maps[1].sigmoid(), seen.Maps[2]);
            ofMean.Add(mean, seen.Truth);
            var ious = ofDraws.Add(drawn, seen.Truth);
            var isWrong = (drawn > 0.5) ^ seen.Truth;
            byDeviation.Add(deviation, isWrong);
            byProbability.Add((drawn * (1 - drawn)).clamp(min: 0).sqrt(), isWrong);
            static double Sum(Tensor values) => values.to(ScalarType.Float64).sum().item<double>();
            frames += seen.Frames.Count;
            pixels += deviation.numel();
            deviations += Sum(deviation);
            wrongPixels += Sum(isWrong);
            wrongDeviations += Sum(deviation * isWrong);
            var each = ImageBatches.Numbers(deviation.mean([1, 2]));
            foreach (var clip in seen.Frames.Index().GroupBy(frame => frame.Item.Clip))
            {
                var (m, (index, frame)) = clip.MaxBy(one => each[one.Index]);
                float[] Map(Tensor maps) => maps[m].contiguous().data<float>().ToArray();
                examples.Add(new UncertaintyExample(
                    index, frame, (int)deviation.shape[1], (int)deviation.shape[2], Map(drawn), Map(deviation), each[m], ious[m]));
            }
        });
        if (frames == 0)
            throw new UsageException($"{dataset.Name} has no frame with a mask: there is nothing to compare with");
        return (new UncertaintyResult(
            dataset.Name, dataset.Clips.Count, frames, samples, [ofMean.Result("mean"), ofDraws.Result("draws")], deviations / pixels,
            wrongDeviations / wrongPixels, (deviations - wrongDeviations) / (pixels - wrongPixels), byDeviation.Result(),
            byProbability.Result()), examples);
    }

    /// <summary>The quality of one way to predict.</summary>
    private sealed class Quality
    {
        private readonly Calibration calibration = new();
        private double ious, wrong, pixels;
        private int frames;

        public double[] Add(Tensor probabilities, Tensor truth)
        {
            using var scope = NewDisposeScope();
            var mask = probabilities > 0.5;
            calibration.Add(probabilities, truth);
            var each = ImageBatches.Numbers(MaskPass.Iou(mask, truth));
            ious += each.Sum();
            frames += each.Length;
            wrong += (mask ^ truth).to(ScalarType.Float64).sum().item<double>();
            pixels += truth.numel();
            return each;
        }

        public PredictionQuality Result(string codes) => new(codes, ious / frames, wrong / pixels, calibration.Result());
    }
}
