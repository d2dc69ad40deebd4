using Avs.Models.Segmentation;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The audio-visual matching loss of MS3 (J. Zhou et al., ECCV 2022, eq. (4); the ECMVAE release's version): the features under the
// predicted mask should look like the sound.
//
//   at each scale   m = σ( pool(logits) )  [N,1,h,w]         f = mean over places of (visual ∘ m)  [N,C]         a: the audio vector [N,C]
//                   (of classes m = pool( 1 where something sounds ), without gradient)
//   Kullback-Leibler   Σ softmax(a)·(log softmax(a) − log softmax(f))
//   Euclidean          mean over frames of ‖a − f + 1e-6‖
// and the mean over scales. The second form of the paper compares f not with the sound but with the f of the frame whose sound is nearest.

namespace Avs.Models.Losses;

/// <summary>How the logits are brought to the size of a feature level.</summary>
public enum MaskPooling
{
    /// <summary>Adaptive average pooling (the paper).</summary>
    Average,

    /// <summary>Adaptive maximum pooling.</summary>
    Maximum,
}

/// <summary>What the masked visual vector of a frame is compared with.</summary>
public enum MatchingTarget
{
    /// <summary>The audio vector of the same frame (the paper's L_AVM-AV).</summary>
    Sound,

    /// <summary>The masked visual vector of the frame of the batch whose audio vector is nearest (L_AVM-VV).</summary>
    NearestSoundsPicture,
}

/// <summary>How the masked visual vector is compared with its target.</summary>
public enum MatchingDistance
{
    /// <summary>KL divergence of the two softmaxes (the paper).</summary>
    KullbackLeibler,

    /// <summary>Euclidean distance.</summary>
    Euclidean,
}

/// <summary>How the KL divergence is gathered over the frames.</summary>
public enum MatchingReduction
{
    /// <summary>The sum (the release): grows with the batch.</summary>
    Sum,

    /// <summary>The mean over frames.</summary>
    MeanPerFrame,
}

/// <summary>The audio-visual matching loss.</summary>
/// <param name="Pooling">How the logits are brought to a level's size.</param>
/// <param name="Distance">How the vectors are compared.</param>
/// <param name="Normalise">Whether both vectors are first brought to length 1 (ECMVAE: yes).</param>
/// <param name="Threshold">Whether the pooled mask is made binary at 0.5; f is then the mean under it.</param>
/// <param name="Reduction">How the KL divergence is gathered over the frames.</param>
/// <param name="Target">What the masked visual vector is compared with.</param>
public sealed record SimilarityLoss(
    MaskPooling Pooling = MaskPooling.Average,
    MatchingDistance Distance = MatchingDistance.KullbackLeibler,
    bool Normalise = true,
    bool Threshold = false,
    MatchingReduction Reduction = MatchingReduction.Sum,
    MatchingTarget Target = MatchingTarget.Sound)
{
    /// <summary>The loss, a scalar.</summary>
    /// <param name="logits">[N,1,H,W], or of classes [N,K,H,W].</param>
    /// <param name="visual">Feature levels [N,C,h,w].</param>
    /// <param name="audio">The audio vectors at the same levels, each [N,C].</param>
    public Tensor Compute(Tensor logits, IReadOnlyList<Tensor> visual, IReadOnlyList<Tensor> audio)
    {
        using var scope = NewDisposeScope();
        var hasClasses = ClassLogits.HasClasses(logits);
        var map = hasClasses ? ClassLogits.Foreground(logits) : logits;
        var sum = Level(map, hasClasses, visual[0], audio[0]);
        for (var i = 1; i < visual.Count; i++)
            sum = sum + Level(map, hasClasses, visual[i], audio[i]);
        return (sum / (double)visual.Count).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of a batch: of all frames, or, where there are classes, of the labelled ones (the AVSS release).</summary>
    internal Tensor Compute(Tensor logits, IReadOnlyList<Tensor> visual, IReadOnlyList<Tensor> audio, AvsInput input) =>
        ClassLogits.HasClasses(logits)
            ? Compute(input.OfLabelled(logits), [.. visual.Select(input.OfLabelled)], [.. audio.Select(input.OfLabelled)])
            : Compute(logits, visual, audio);

    // The map [N,1,H,W] is of logits, or a mask.
    private Tensor Level(Tensor map, bool isMask, Tensor visual, Tensor audio)
    {
        long[] size = [visual.shape[2], visual.shape[3]];
        // [N,1,h,w]
        var pooled = Pooling == MaskPooling.Average ? F.adaptive_avg_pool2d(map, size) : F.adaptive_max_pool2d(map, size);
        var mask = isMask ? pooled : pooled.sigmoid();
        Tensor masked; // [N,C]
        if (Threshold)
        {
            mask = (mask > 0.5).to(visual.dtype);
            masked = (visual * mask).sum([2, 3]) / (mask.sum([2, 3]) + 1e-6);
        }
        else
        {
            // The sum over places as a matrix product, which keeps no map of its own.
            masked = visual.flatten(2).bmm(mask.flatten(1).unsqueeze(2)).squeeze(2) / (double)(size[0] * size[1]);
        }

        if (Normalise)
        {
            masked = F.normalize(masked, 2, 1);
            audio = F.normalize(audio, 2, 1);
        }

        var target = Target == MatchingTarget.Sound ? audio : masked.index_select(0, Nearest(audio));
        if (Distance == MatchingDistance.Euclidean)
            return (target - masked + 1e-6).square().sum(1).sqrt().mean();
        var logTarget = F.log_softmax(target, 1);
        var kl = (logTarget.exp() * (logTarget - F.log_softmax(masked, 1))).sum();
        return Reduction == MatchingReduction.Sum ? kl : kl / (double)map.shape[0];
    }

    // For each row the other row at the smallest Euclidean distance: [N,C] -> int64 [N].
    private static Tensor Nearest(Tensor audio)
    {
        var distances = (audio.unsqueeze(0) - audio.unsqueeze(1) + 1e-6).square().sum(2).sqrt(); // [N,N]
        return (distances + eye(audio.shape[0], dtype: audio.dtype, device: audio.device) * 10).argmin(1);
    }
}
