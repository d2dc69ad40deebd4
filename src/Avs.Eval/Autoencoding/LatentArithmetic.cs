using static TorchSharp.torch;

// z + α·s·v/‖v‖,   v = mean code of the images with something − mean code of those without,   s² = mean variance of the codes
//
// decoded and judged by a classifier: does what v stands for appear as α grows? (α from −4 to 4. s is about 1 of a VAE.)

namespace Avs.Eval.Autoencoding;

/// <summary>What adding a class's or an attribute's vector to codes does.</summary>
/// <param name="Target">The class or attribute.</param>
/// <param name="Scores">The classifier's mean probability of it at each of <see cref="Alphas"/>, over images without it.</param>
public sealed record LatentArithmetic(string Target, IReadOnlyList<double> Scores)
{
    /// <summary>α.</summary>
    public static IReadOnlyList<double> Alphas { get; } = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

    /// <summary>The share of the steps of α in which the score rises; 1: everywhere.</summary>
    public double Rises => Scores.Zip(Scores.Skip(1)).Average(pair => pair.Second > pair.First ? 1.0 : 0.0);

    /// <summary>Measures one target; null where all images have it, or none.</summary>
    /// <param name="target">Its name.</param>
    /// <param name="codes">Codes of training images [N,K].</param>
    /// <param name="has">Which of them have it.</param>
    /// <param name="without">Codes of images without it [n,K].</param>
    /// <param name="score">The probability of the target for the images of codes: [n,K] -> [n].</param>
    public static LatentArithmetic? Compute(
        string target, Tensor codes, IReadOnlyList<bool> has, Tensor without, Func<Tensor, Tensor> score)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        if (has.All(yes => yes) || !has.Any(yes => yes) || without.shape[0] == 0)
            return null;
        var mask = tensor(has.Select(yes => yes ? 1f : 0f).ToArray()).unsqueeze(1); // [N,1]
        var direction = (codes * mask).sum([0]) / mask.sum() - (codes * (1 - mask)).sum([0]) / (1 - mask).sum(); // [K]
        var scale = (codes - codes.mean([0])).square().mean().sqrt();
        var unit = direction / direction.norm().clamp(min: 1e-12) * scale;
        return new LatentArithmetic(target, [.. Alphas.Select(alpha =>
        {
            using var step = NewDisposeScope();
            return (double)score(without + unit * alpha).mean().item<float>();
        })]);
    }
}
