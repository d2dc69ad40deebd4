using Avs.Models.Losses;
using Avs.Models.Segmentation;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.AvsBench;

/// <summary>
/// The AVSBench release's matching loss for S4, which its shipped command leaves off: at each scale m = [pool(σ(logits)) > 0.5], f = Σ
/// visual∘m / (Σ m + 1e-6) and L = mean over frames of −log( max(cos(a, f), 0) + 1e-6 ), then the mean over scales.
/// </summary>
/// <param name="Pooling">How the probabilities are brought to a level's size.</param>
/// <param name="Normalise">Whether both vectors are brought to length 1 (otherwise the product is a plain dot product).</param>
public sealed record CosineMatchingLoss(MaskPooling Pooling = MaskPooling.Average, bool Normalise = true)
{
    /// <summary>The loss, a scalar. The mask is a threshold, so the logits get no gradient.</summary>
    /// <param name="logits">[N,1,H,W]; of classes [N,K,H,W], of which m is where something sounds.</param>
    /// <param name="visual">Feature levels [N,C,h,w].</param>
    /// <param name="audio">The audio vectors at the same levels, each [N,C].</param>
    public Tensor Compute(Tensor logits, IReadOnlyList<Tensor> visual, IReadOnlyList<Tensor> audio)
    {
        using var scope = NewDisposeScope();
        var probability = ClassLogits.HasClasses(logits) ? ClassLogits.Foreground(logits) : logits.detach().sigmoid();
        var sum = Level(probability, visual[0], audio[0]);
        for (var i = 1; i < visual.Count; i++)
            sum = sum + Level(probability, visual[i], audio[i]);
        return (sum / (double)visual.Count).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of a batch; see <see cref="SimilarityLoss"/>.</summary>
    internal Tensor Compute(Tensor logits, IReadOnlyList<Tensor> visual, IReadOnlyList<Tensor> audio, AvsInput input) =>
        ClassLogits.HasClasses(logits)
            ? Compute(input.OfLabelled(logits), [.. visual.Select(input.OfLabelled)], [.. audio.Select(input.OfLabelled)])
            : Compute(logits, visual, audio);

    private Tensor Level(Tensor probability, Tensor visual, Tensor audio)
    {
        long[] size = [visual.shape[2], visual.shape[3]];
        var pooled = Pooling == MaskPooling.Average ? F.adaptive_avg_pool2d(probability, size) : F.adaptive_max_pool2d(probability, size);
        var mask = (pooled > 0.5).to(visual.dtype); // [N,1,h,w]
        var masked = (visual * mask).sum([2, 3]) / (mask.sum([2, 3]) + 1e-6); // [N,C]
        if (Normalise)
        {
            masked = F.normalize(masked, 2, 1);
            audio = F.normalize(audio, 2, 1);
        }

        var similarity = (masked * audio).sum(1); // [N]
        return -(F.relu(similarity) + 1e-6).log().mean();
    }
}
