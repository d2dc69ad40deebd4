using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

namespace Avs.Models.Vae.Multimodal;

/// <summary>
/// q(c | X) given whatever modalities are there: a mixture of S diagonal Gaussians. A product of experts has one, a mixture of experts one
/// for each modality, a mixture of products one for each set of modalities.
/// </summary>
/// <param name="Components">[S,N,K].</param>
/// <param name="Weights">[S,N], not below 0, with the sum 1 over S; 0 where a component's modalities are missing.</param>
public sealed record JointPosterior(DiagonalGaussian Components, Tensor Weights)
{
    /// <summary>A single Gaussian [N,K].</summary>
    public static JointPosterior FromSingle(DiagonalGaussian single)
    {
        using var scope = NewDisposeScope();
        var weights = ones_like(single.Mean.detach().select(-1, 0)).unsqueeze(0); // [1,N]
        return new JointPosterior(single.Each(tensor => tensor.unsqueeze(0)), weights).MoveToOuterDisposeScope();
    }

    /// <summary>E[c | X] [N,K].</summary>
    public Tensor Mean()
    {
        using var scope = NewDisposeScope();
        return (Components.Mean * Weights.unsqueeze(-1)).sum([0]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Draws a component for each sample of each row, then a code of it: [L,N,K]. Gradients reach the component that was drawn.
    /// </summary>
    public Tensor Sample(Generator generator, int samples = 1)
    {
        using var scope = NewDisposeScope();
        var (count, n, k) = (Components.Mean.shape[0], Components.Mean.shape[1], Components.Mean.shape[2]);
        if (count == 1)
            return Components.Member(0).Sample(generator, samples).MoveToOuterDisposeScope();
        var index = Choose(Weights.detach().to(ScalarType.Float32), generator, samples).unsqueeze(-1).expand(samples, n, k); // [L,N,K]
        Tensor Chosen(Tensor components) => components.gather(0, index); // [S,N,K] -> [L,N,K]
        return Components.Each(Chosen).Sample(generator).squeeze(0).MoveToOuterDisposeScope();
    }

    // int64 [L,N]. One draw a row, as training takes it, is what multinomial makes of one: argmax w/e with e ~ Exp(1). Only e comes from
    // the CPU, whose generators are the only ones, so that nothing waits for a GPU's weights.
    private static Tensor Choose(Tensor weights, Generator generator, int samples) => samples == 1
        ? (weights / empty_like(weights, device: CPU).exponential_(1, generator).to(weights.device)).argmax(0).unsqueeze(0)
        : weights.cpu().t().multinomial(samples, replacement: true, generator: generator).t().to(weights.device);

    /// <summary>log q(z | X), [...,N,K] -> [...,N].</summary>
    public Tensor LogDensity(Tensor z)
    {
        using var scope = NewDisposeScope();
        var each = Components.LogDensity(z.unsqueeze(-3)); // [...,1,N,K] against [S,N,K] -> [...,S,N]
        return (each + Weights.log()).logsumexp(-2).MoveToOuterDisposeScope(); // a weight of 0 is −∞, which adds nothing
    }

    internal JointPosterior Each(Func<Tensor, Tensor> change) => new(Components.Each(change), change(Weights));

    internal JointPosterior MoveToOuterDisposeScope() => Each(tensor => tensor.MoveToOuterDisposeScope());
}
