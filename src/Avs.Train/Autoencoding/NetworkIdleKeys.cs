using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using Avs.Train.Experiments;

namespace Avs.Train.Autoencoding;

/// <summary>Which keys of an encoder, a decoder and a likelihood change nothing beside the values of others.</summary>
internal static class NetworkIdleKeys
{
    private const string Path = "model.network";

    public static IEnumerable<IdleKeys> Find(EncoderConfig encoder, DecoderConfig decoder, LikelihoodConfig likelihood)
    {
        yield return Sizes("encoder", encoder.Kind);
        yield return Sizes("decoder", decoder.Kind);
        if (likelihood.Kind is LikelihoodKind.Bernoulli or LikelihoodKind.MeanSquaredError)
            yield return new($"{Path}.likelihood.kind has no sigma", $"{Path}.likelihood.sigma");
        if (likelihood.Kind == LikelihoodKind.Bernoulli)
            yield return new($"{Path}.likelihood.kind is bernoulli", $"{Path}.likelihood.output");
    }

    private static IdleKeys Sizes(string part, NetworkKind kind) => kind == NetworkKind.Mlp
        ? new($"{Path}.{part}.kind is mlp", $"{Path}.{part}.channels")
        : new($"{Path}.{part}.kind is convolutional", $"{Path}.{part}.hidden");
}
