using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

namespace Avs.Models.Vae.Multimodal;

/// <summary>Measures of multimodal VAEs that need only the model. Call them in eval() mode.</summary>
public static class MultimodalMeasures
{
    /// <summary>
    /// log 1/k Σ p(X | c, s)·p(c)·p(s)/(q(c | X)·q(s | X)) of each example [N]: a bound of log p(X), with k = 1 the ELBO, over the
    /// modalities that are there.
    /// </summary>
    /// <param name="network">A network whose likelihoods are densities.</param>
    /// <param name="input">What is there.</param>
    /// <param name="generator">Draws codes.</param>
    /// <param name="samples">k.</param>
    /// <param name="atOnce">Codes an example that are decoded together; the memory's, not the result's.</param>
    /// <exception cref="ArgumentException">A likelihood is no density.</exception>
    public static Tensor ImportanceWeightedBound(
        MultimodalNetwork network, MultimodalInput input, Generator generator, int samples, int atOnce = 50)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var unimodal = network.Encode(input);
        var joint = network.Join(unimodal);
        return Measures.LogMeanOverSamples(
            samples, atOnce, count => LogWeights(network, input, unimodal, joint, generator, count)).MoveToOuterDisposeScope();
    }

    private static Tensor LogWeights(
        MultimodalNetwork network, MultimodalInput input, UnimodalPosteriors unimodal, JointPosterior joint, Generator generator, int count)
    {
        var shared = joint.Sample(generator, count); // [k,N,K]
        var specific = unimodal.Private?.Sample(generator, count); // [k,M,N,J]
        var logWeights = DiagonalGaussian.StandardLogDensity(shared) - joint.LogDensity(shared); // [k,N]
        if (specific is not null)
        {
            var ofPrivate = DiagonalGaussian.StandardLogDensity(specific) - unimodal.Private!.LogDensity(specific); // [k,M,N]
            logWeights = logWeights + (ofPrivate * unimodal.Present).sum(1);
        }
        for (var m = 0; m < network.Modalities.Count; m++)
        {
            if (input.Modalities[m] is not { } x)
                continue;
            if (!network.LikelihoodOf(m).IsDensity)
                throw new ArgumentException(
                    $"the squared error of modality '{network.Modalities[m].Name}' is no logarithm of a density: there is no bound of log "
                        + "p(x)",
                    nameof(network));
            var there = unimodal.Present[m]; // [N]
            var known = where(there.to(ScalarType.Bool).view(-1, 1, 1, 1), x, zeros_like(x));
            var decoded = network.DecodeRaw(m, shared, specific?.select(1, m));
            logWeights = logWeights - network.LikelihoodOf(m).NegativeLog(decoded, known) * there;
        }
        return logWeights;
    }
}
