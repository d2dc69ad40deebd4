using Avs.Core;
using Avs.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Eval.Evaluation;

/// <summary>Anything that segments: frames and sound in, masks out. Called without gradient.</summary>
/// <param name="input">Frames and sound on the evaluation's device, without masks.</param>
public delegate SegmenterAnswer Segmenter(AvsInput input);

/// <summary>What a segmenter answers.</summary>
/// <param name="Logits">Mask logits [N,1,H,W].</param>
/// <param name="Variance">Where several latent codes were drawn, the variance of the probabilities over the draws [N,1,H,W]; else null.</param>
public sealed record SegmenterAnswer(Tensor Logits, Tensor? Variance = null)
{
    /// <summary>An answer without a variance.</summary>
    public static implicit operator SegmenterAnswer(Tensor logits) => new(logits);
}

/// <summary>Segmenters made of models.</summary>
public static class Segmenters
{
    /// <summary>A model in evaluation mode; the mode it was in before is restored after every call.</summary>
    /// <param name="model">The model.</param>
    /// <param name="latent">How the latent codes are chosen; several draws have their probabilities averaged.</param>
    /// <param name="noise">The draws, for the modes that draw.</param>
    /// <exception cref="DataException">Called, where the answer is not a number.</exception>
    public static Segmenter Of(AudioVisualSegmenter model, LatentAtTest latent, ILatentNoise noise) => input =>
    {
        bool training = model.training;
        model.eval();
        try
        {
            using DisposeScope scope = NewDisposeScope();
            Avs.Models.Prediction prediction = model.Predict(input, latent, noise);
            // Scored, it would be a model that finds nothing.
            if (prediction.Probability.isnan().any().item<bool>())
                throw new DataException("the model answers with numbers that are NaN: its weights have gone wrong, as too high a learning rate leaves them, or the input has");
            return new SegmenterAnswer(Logit(prediction.Probability).MoveToOuterDisposeScope(), prediction.Variance?.MoveToOuterDisposeScope());
        }
        finally
        {
            model.train(training);
        }
    };

    /// <summary>The logits of probabilities, kept finite: those of 1e-7 and 1 - 1e-7 at most.</summary>
    internal static Tensor Logit(Tensor probability)
    {
        Tensor p = probability.clamp(1e-7, 1 - 1e-7);
        return (p / (1 - p)).log();
    }
}
