using Avs.Models.LatentVariables;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae;

public class MeasuresTests
{
    private static readonly LinearGaussianModel Model = new([1.2, -0.5, 0.3], [0.1, 0.4, -0.2], 0.6);

    private static Tensor Images => Values.Floats(0.9f, -0.3f, 0.5f, -1, 0.2f, 0.1f).view(2, 1, 1, 3);

    private static double[] Evidence =>
        [.. Enumerable.Range(0, 2).Select(
            row => Model.LogEvidence([.. Images[row].flatten().data<float>().ToArray().Select(x => (double)x)]))];

    // With the exact posterior every weight p(x|z)p(z)/q(z|x) is p(x) itself.
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void With_the_exact_posterior_the_importance_weighted_bound_is_the_evidence(int samples)
    {
        using var scope = NewDisposeScope();
        using var network = Linear(1);
        using var generator = new Generator(1);
        var bound = Measures.ImportanceWeightedBound(network, Images, generator, samples, atOnce: 3).data<float>().ToArray();
        Assert.All(Evidence.Zip(bound), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void The_elbo_touches_the_evidence_with_the_exact_posterior_and_lies_below_with_another()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        using var exact = Linear(1);
        using var other = Linear(2);
        double[] Elbo(AutoencoderNetwork network) =>
            [.. Measures.Elbo(network, Images, generator, 40_000).Elbo().data<float>().ToArray().Select(x => (double)x)];
        Assert.All(Evidence.Zip(Elbo(exact)), pair => Assert.Equal(pair.First, pair.Second, 0.02));
        // KL(N(m, (2σ)²) ‖ N(m, σ²)) = 3/2 − log 2
        Assert.All(Evidence.Zip(Elbo(other)), pair => Assert.Equal(pair.First - 1.5 + Math.Log(2), pair.Second, 0.05));
    }

    [Fact]
    public void More_samples_tighten_the_bound()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        using var network = Linear(2);
        double Bound(int k) =>
            Enumerable.Range(0, 200).Average(_ => Measures.ImportanceWeightedBound(network, Images, generator, k).mean().item<float>());
        var bounds = ((int[])[1, 5, 50]).Select(Bound).ToArray();
        Assert.True(bounds[0] < bounds[1] && bounds[1] < bounds[2] && bounds[2] < Evidence.Average() + 0.02, string.Join(", ", bounds));
    }

    [Fact]
    public void A_squared_error_and_a_plain_code_have_no_bound()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        using var squares = new VaeConfig { Likelihood = new LikelihoodConfig { Kind = LikelihoodKind.MeanSquaredError } }.Create();
        using var plain = new PlainAutoencoderConfig().Create();
        Assert.Contains(
            "squared error", Assert.Throws<ArgumentException>(() => Measures.Elbo(squares, zeros(1, 1, 32, 32), generator)).Message);
        Assert.Contains(
            "not a distribution", Assert.Throws<ArgumentException>(() => Measures.Elbo(plain, zeros(1, 1, 32, 32), generator)).Message);
    }

    [Fact]
    public void Dimensions_that_vary_are_active()
    {
        using var scope = NewDisposeScope();
        var means = Values.Floats(-1f, 0, 0.05f, 1, 0, -0.05f).view(2, 3); // variances 1, 0, 0.0025
        Assert.Equal(1, Measures.ActiveUnits(means));
        Assert.Equal(2, Measures.ActiveUnits(means, 0.001));
        var kl = Measures.KlByDimension(new DiagonalGaussian(means, zeros(2, 3)));
        Assert.Equal([0.5f, 0, 0.00125f], kl.data<float>().ToArray().Select(x => MathF.Round(x, 6)));
    }

    [Fact]
    public void Nats_as_bits_a_number()
    {
        Assert.Equal(0.5, Measures.BitsPerDimension(512 * Math.Log(2), 1024), 1e-12);
        Assert.Equal(8.5, Measures.BitsPerDimension(512 * Math.Log(2), 1024, 256), 1e-12);
    }

    // The model as a VAE without hidden layers, its deviation of q multiplied.
    private static AutoencoderNetwork Linear(double factor)
    {
        var network = new VaeConfig
        {
            Image = new ImageShape { Height = 1, Width = 3 },
            LatentSize = 1,
            Encoder = new EncoderConfig { Kind = NetworkKind.Mlp, Hidden = [] },
            Decoder = new DecoderConfig { Kind = NetworkKind.Mlp, Hidden = [] },
            Likelihood = new LikelihoodConfig { Kind = LikelihoodKind.Gaussian, Sigma = Model.Deviation, Output = OutputRange.Unbounded },
        }.Create();
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        Tensor w = tensor(Model.Direction.ToArray()), b = tensor(Model.Offset.ToArray());
        var atOrigin = Model.Posterior([.. Model.Offset]);
        var gain = w * (atOrigin.Deviation * atOrigin.Deviation / (Model.Deviation * Model.Deviation)); // m = gain·(x − b)
        void Set(string name, Tensor value) => network.get_parameter(name)!.copy_(value);
        Set("decoder.last.weight", w.unsqueeze(1));
        Set("decoder.last.bias", b);
        Set("head.mean.weight", gain.unsqueeze(0));
        Set("head.mean.bias", -(gain * b).sum().unsqueeze(0));
        Set("head.spread.weight", zeros(1, 3));
        Set("head.spread.bias", full([1], 2 * Math.Log(factor * atOrigin.Deviation)));
        return network;
    }
}
