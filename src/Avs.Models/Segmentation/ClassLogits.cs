using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Segmentation;

/// <summary>Logits of several classes, [N,K,H,W] with K > 1; class 0 is the background. One channel is the logit of a mask.</summary>
public static class ClassLogits
{
    /// <summary>Whether logits tell classes apart.</summary>
    public static bool HasClasses(Tensor logits) => logits.shape[1] > 1;

    /// <summary>
    /// The best class against the background: above 0 exactly where the most probable class is another than the background. So its sigmoid
    /// goes wherever a mask's probability does. [N,K,H,W] -> [N,1,H,W]; a mask's logits as they are.
    /// </summary>
    public static Tensor AgainstBackground(Tensor logits)
    {
        if (!HasClasses(logits))
            return logits;
        using var scope = NewDisposeScope();
        var best = logits.narrow(1, 1, logits.shape[1] - 1).amax([1], keepdim: true);
        return (best - logits.narrow(1, 0, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>1 where something sounds, else 0, without gradient: [N,K,H,W] -> [N,1,H,W].</summary>
    public static Tensor Foreground(Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (AgainstBackground(logits.detach()) > 0).to(logits.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Cross-entropy, the mean over the pixels of the labelled frames (the AVSBench release's for AVSS: the mean of each frame, then over
    /// frames, which are of one size).
    /// </summary>
    /// <param name="logits">Of all frames [N,K,H,W].</param>
    internal static Tensor CrossEntropy(Tensor logits, AvsInput input) => F.cross_entropy(input.OfLabelled(logits), input.TrueLabels);
}
