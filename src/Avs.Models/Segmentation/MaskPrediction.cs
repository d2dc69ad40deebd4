using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Segmentation;

/// <summary>What a segmenter answers at test time.</summary>
/// <param name="Logits">Mask logits [N,1,H,W], or those of classes [N,K,H,W]; of several draws of the latent codes, those of the mean
/// probability.</param>
/// <param name="Variance">Per-pixel variance of the probabilities over the draws [N,1,H,W] (population form), of classes that of not being
/// background; null for a single draw.</param>
public sealed record MaskPrediction(Tensor Logits, Tensor? Variance = null)
{
    /// <summary>A prediction without a variance.</summary>
    public static implicit operator MaskPrediction(Tensor logits) => new(logits);

    /// <summary>The prediction of several draws of the latent codes.</summary>
    /// <param name="logits">Of each draw [N,1,H,W] or [N,K,H,W].</param>
    public static MaskPrediction FromDraws(IReadOnlyList<Tensor> logits)
    {
        using var scope = NewDisposeScope();
        var draws = stack(logits); // [S,N,K,H,W]
        var probability = draws.shape[2] == 1 ? draws.sigmoid() : 1 - F.softmax(draws, 2).narrow(2, 0, 1); // [S,N,1,H,W]
        return new MaskPrediction(LogitOfMean(draws).MoveToOuterDisposeScope(), probability.var(0, false).MoveToOuterDisposeScope());
    }

    /// <summary>The prediction that has the mean of two predictions' probabilities, and of their variances.</summary>
    /// <param name="other">The other, of the same shape.</param>
    public MaskPrediction MeanWith(MaskPrediction other)
    {
        using var scope = NewDisposeScope();
        var variance = Variance is null || other.Variance is null ? null : (Variance + other.Variance) * 0.5;
        return new MaskPrediction(
            LogitOfMean(stack([Logits, other.Logits])).MoveToOuterDisposeScope(), variance?.MoveToOuterDisposeScope());
    }

    /// <summary>Lets the prediction outlive the dispose scope in which it was made.</summary>
    public MaskPrediction MoveToOuterDisposeScope() => new(Logits.MoveToOuterDisposeScope(), Variance?.MoveToOuterDisposeScope());

    // log( Σ σ(l) / Σ σ(−l) ) by logarithms, so that probabilities near 0 and 1 keep their digits; of classes log Σ softmax(l), which is a
    // logit up to a constant: [S,N,K,…] -> [N,K,…].
    private static Tensor LogitOfMean(Tensor logits) => logits.shape[2] == 1
        ? F.logsigmoid(logits).logsumexp(0) - F.logsigmoid(-logits).logsumexp(0)
        : F.log_softmax(logits, 2).logsumexp(0);
}
