using Avs.Models.LatentVariables;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Multimodal;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae.Multimodal;

public class MultimodalTests
{
    private static DiagonalGaussian Experts => new(Given.Uniform(1, -2, 2, 2, 3, 4), Given.Uniform(2, -1, 1, 2, 3, 4)); // [M,N,K]

    // N(1, 1/4)·N(3, 1)·N(0, 1): precisions 4, 1, 1.
    [Fact]
    public void A_product_weights_means_by_precision_and_the_prior_is_an_expert()
    {
        using var scope = NewDisposeScope();
        var experts = new DiagonalGaussian(Values.Doubles(1.0, 3).view(2, 1, 1), Values.Doubles(0.25, 1).log().view(2, 1, 1));
        (double Mean, double Variance) Product(bool prior, double first = 1)
        {
            var product = Models.Vae.Multimodal.Experts.Product(experts, Values.Doubles(first, 1).view(2, 1), prior);
            return (Math.Round(product.Mean.item<double>(), 12), Math.Round(Math.Exp(product.LogVariance.item<double>()), 12));
        }

        Assert.Equal((1.4, 0.2), Product(prior: false));
        Assert.Equal((Math.Round(7 / 6.0, 12), Math.Round(1 / 6.0, 12)), Product(prior: true));
        Assert.Equal((1.5, 0.5), Product(prior: true, first: 0));
    }

    // What seeds gave before is what they give, though no weights are copied to the CPU for it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_draw_of_a_mixture_takes_the_components_that_multinomial_takes(bool transposed)
    {
        using var scope = NewDisposeScope();
        using Generator generator = new(3), same = new(3);
        var weights = transposed ? Given.Uniform(1, 0, 1, 40, 5).t() : Given.Uniform(1, 0, 1, 5, 40); // [S,N]
        var number = arange(5).to(ScalarType.Float32).view(5, 1, 1).expand(5, 40, 1);
        var joint = new JointPosterior(new DiagonalGaussian(number, full_like(number, -200)), weights);

        var drawn = joint.Sample(generator).view(40).round().to(ScalarType.Int64);

        Assert.Equal(weights.t().multinomial(1, replacement: true, generator: same).view(40).data<long>().ToArray(),
            drawn.data<long>().ToArray());
    }

    // What is exact of one number is exact of the product: p(z | x₁, x₂) ∝ p(z)·p(x₁ | z)·p(x₂ | z), and each likelihood is a Gaussian in
    // z.
    [Fact]
    public void A_product_of_exact_experts_makes_the_bound_the_evidence_of_any_subset()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        LinearGaussianModel[] models = [new([1.2, -0.5], [0.1, 0.4], 0.6), new([0.3, 0.9, -0.4], [0, -0.2, 0.3], 0.8)];
        using var network = Linear(new MvaeConfig { LatentSize = 1 }, models);
        var (first, second) = (Values.Floats(0.9f, -0.3f).view(1, 1, 1, 2), Values.Floats(0.5f, 1.1f, -0.2f).view(1, 1, 1, 3));
        double Bound(Tensor? x1, Tensor? x2, int samples) =>
            MultimodalMeasures.ImportanceWeightedBound(network, new MultimodalInput([x1, x2]), generator, samples).item<float>();

        double[] numbers = [0.9f, -0.3f, 0.5f, 1.1f, -0.2f];
        Assert.Equal(Evidence(models, numbers), Bound(first, second, 1), 1e-4);
        Assert.Equal(Evidence(models, numbers), Bound(first, second, 5), 1e-4);
        Assert.Equal(models[0].LogEvidence(numbers[..2]), Bound(first, null, 1), 1e-4);
        Assert.Equal(models[1].LogEvidence(numbers[2..]), Bound(null, second, 1), 1e-4);
    }

    [Fact]
    public void The_mvae_objective_is_the_elbos_of_all_and_of_each_modality()
    {
        using var scope = NewDisposeScope();
        LinearGaussianModel[] models = [new([1.2, -0.5], [0.1, 0.4], 0.6), new([0.3, 0.9, -0.4], [0, -0.2, 0.3], 0.8)];
        double[] numbers = [0.9f, -0.3f, 0.5f, 1.1f, -0.2f];
        using var network = Linear(new MvaeConfig { LatentSize = 1 }, models);
        using var generator = new Generator(1);
        const int Copies = 20_000; // so many draws
        var input = new MultimodalInput([
            Values.Floats(0.9f, -0.3f).view(1, 1, 1, 2).expand(Copies, 1, 1, 2),
            Values.Floats(0.5f, 1.1f, -0.2f).view(1, 1, 1, 3).expand(Copies, 1, 1, 3)]);
        var expected = -Evidence(models, numbers) - models[0].LogEvidence(numbers[..2]) - models[1].LogEvidence(numbers[2..]);
        Assert.Equal(expected, new MvaeObjective().Compute(network, input, network.call(input, generator)).Total.item<float>(), 0.05);
    }

    [Fact]
    public void A_mixtures_density_is_the_weighted_sum()
    {
        using var scope = NewDisposeScope();
        var joint = new JointPosterior(
            new DiagonalGaussian(Values.Doubles(-2.0, 1, 4).view(3, 1, 1), (Values.Doubles(1, 0.5, 0.8).log() * 2).view(3, 1, 1)),
            Values.Doubles(0.7, 0.2, 0.1).view(3, 1));
        foreach (var x in (double[])[-2, 0, 1, 4])
            Assert.Equal(
                MixtureOfNormals.Example.LogDensity(x), joint.LogDensity(full([1, 1], x, ScalarType.Float64)).item<double>(), 1e-12);
        Assert.Equal(-0.8, joint.Mean().item<double>(), 1e-12);
    }

    [Fact]
    public void A_mixture_draws_each_row_of_the_components_that_are_there()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var components = new DiagonalGaussian(Values.Floats(-5f, 0, 5).view(3, 1, 1).expand(3, 2, 1).contiguous(), full([3, 2, 1], -4f));
        var joint = new JointPosterior(components, Values.Floats(0.5f, 0, 0.25f, 0, 0.25f, 1).view(3, 2));
        var z = joint.Sample(generator, 10_000).squeeze(-1); // [L,2]
        double Share(int row, double center) => ((z.select(1, row) - center).abs() < 2).to(ScalarType.Float32).mean().item<float>();
        Assert.Equal(0.5, Share(0, -5), 0.02);
        Assert.Equal(0.25, Share(0, 0), 0.02);
        Assert.Equal(1, Share(1, 5), 1e-6);
    }

    [Fact]
    public void Mopoe_of_two_modalities_mixes_both_and_their_product()
    {
        using var scope = NewDisposeScope();
        using var network = Two(new MopoeConfig { LatentSize = 4 });
        var joint = network.Join(new UnimodalPosteriors(Experts, null, ones(2, 3)));
        var product = Models.Vae.Multimodal.Experts.Product(Experts, ones(2, 3), prior: false);
        Assert.True(Given.Distance(joint.Components.Mean, stack([Experts.Mean[0], Experts.Mean[1], product.Mean])) < 1e-5);
        Assert.True(Given.Distance(joint.Components.LogVariance[2], product.LogVariance) < 1e-5);
        Assert.Equal(1 / 3f, joint.Weights[2, 0].item<float>(), 1e-6);
        var withoutSecond = network.Join(new UnimodalPosteriors(Experts, null, Values.Floats(1f, 1, 1, 0, 1, 0).view(2, 3)));
        Assert.Equal([1, 0, 0], withoutSecond.Weights.select(1, 0).data<float>().ToArray());
    }

    [Fact]
    public void The_jensen_shannon_divergence_is_zero_only_where_all_agree_with_the_prior()
    {
        using var scope = NewDisposeScope();
        var prior = new DiagonalGaussian(zeros(2, 3, 4), zeros(2, 3, 4));
        Assert.Equal(
            0, new MmjsdObjective().JensenShannon(new UnimodalPosteriors(prior, null, ones(2, 3))).abs().max().item<float>(), 1e-6);
        Assert.True(new MmjsdObjective().JensenShannon(new UnimodalPosteriors(Experts, null, ones(2, 3))).min().item<float>() > 0.1);
    }

    // Two posteriors N(±1, 1) and the prior with weight 0.3: f = N(0, 1), and KL = 1/2 for each of the two.
    [Fact]
    public void The_Jensen_Shannon_divergence_is_the_one_computed_by_hand()
    {
        using var scope = NewDisposeScope();
        var two = new DiagonalGaussian(Values.Doubles(1.0, -1).view(2, 1, 1), zeros([2, 1, 1], ScalarType.Float64));
        var posteriors = new UnimodalPosteriors(two, null, ones([2, 1], ScalarType.Float64));
        Assert.Equal(0.35, new MmjsdObjective { PriorWeight = 0.3 }.JensenShannon(posteriors).item<double>(), 1e-12);
        Assert.Equal(1 / 3.0, new MmjsdObjective().JensenShannon(posteriors).item<double>(), 1e-12);
    }

    // With one modality the mixture is its posterior, and each code's weight is p(x | z)p(z)/q(z | x).
    [Fact]
    public void Mmvae_of_one_modality_is_the_importance_weighted_bound()
    {
        using var scope = NewDisposeScope();
        LinearGaussianModel[] models = [new([1.2, -0.5], [0.1, 0.4], 0.6)];
        using var network = Linear(new MmvaeConfig { LatentSize = 1, Samples = 3 }, models, exactAlone: true);
        using var generator = new Generator(1);
        var input = new MultimodalInput([Values.Floats(0.9f, -0.3f).view(1, 1, 1, 2)]);
        Assert.Equal(
            -models[0].LogEvidence([0.9f, -0.3f]),
            new MmvaeObjective().Compute(network, input, network.call(input, generator)).Total.item<float>(), 1e-4);
    }

    // The private code of one modality is drawn of the auxiliary prior where another's codes reconstruct it, so that it cannot carry what
    // they share.
    [Fact]
    public void Private_codes_reach_only_the_decoder_of_their_own_modality()
    {
        using var scope = NewDisposeScope();
        using var network = Two(new MmvaePlusConfig { LatentSize = 4, PrivateSize = 2 });
        (Tensor Own, Tensor Other) Decoded(double shift)
        {
            using var generator = new Generator(1);
            using (no_grad())
                network.get_parameter("modalities.0.private_head.mean.bias")!.fill_(shift);
            var input = new MultimodalInput([Given.Uniform(1, 0, 1, 3, 1, 4, 4), Given.Uniform(2, 0, 1, 3, 1, 4, 4)]);
            var path = network.call(input, generator).Paths[0];
            return (path.Decoded[0]!.select(1, 0), path.Decoded[1]!.select(1, 0)); // by the codes of the first modality
        }

        var (before, after) = (Decoded(0), Decoded(1));
        Assert.True(Given.Distance(before.Own, after.Own) > 1e-3);
        Assert.Equal(0, Given.Distance(before.Other, after.Other));
    }

    public static TheoryData<MultimodalConfig> WithPrivateCodes { get; } =
        new(new DmvaeConfig { LatentSize = 4, PrivateSize = 2 }, new MmvaePlusConfig { LatentSize = 4, PrivateSize = 2 });

    [Theory]
    [MemberData(nameof(WithPrivateCodes))]
    public void Private_codes_follow_a_modality_that_is_given_and_the_prior_else(MultimodalConfig config)
    {
        using var scope = NewDisposeScope();
        using var network = Two(config);
        using (no_grad())
        {
            if (network is MmvaePlusNetwork)
                network.get_parameter("log_sigma")!.fill_(-20); // the auxiliary prior is for the loss, and would give the same image always
            for (var m = 0; m < 2; m++)
            {
                network.get_parameter($"modalities.{m}.private_head.spread.weight")!.zero_();
                network.get_parameter($"modalities.{m}.private_head.spread.bias")!.fill_(-20); // hardly any noise
                network.get_parameter($"modalities.{m}.shared_head.spread.weight")!.zero_();
                network.get_parameter($"modalities.{m}.shared_head.spread.bias")!.fill_(-20);
            }
        }
        Tensor[] Generate(ulong seed)
        {
            using var generator = new Generator(seed);
            return [.. network.Generate(new MultimodalInput([Given.Uniform(1, 0, 1, 3, 1, 4, 4), null]), generator)];
        }

        var (a, b) = (Generate(1), Generate(2));
        Assert.True(Given.Distance(a[0], b[0]) < 1e-3);
        Assert.True(Given.Distance(a[1], b[1]) > 1e-2);
    }

    private static MultimodalNetwork Two(MultimodalConfig config) => Given.Filled((config with
    {
        Encoder = new EncoderConfig { Kind = NetworkKind.Mlp, Hidden = [8] },
        Decoder = new DecoderConfig { Kind = NetworkKind.Mlp, Hidden = [8] },
    }).Create([new("a", new ImageShape { Height = 4, Width = 4 }), new("b", new ImageShape { Height = 4, Width = 4 })]));

    private static double Evidence(LinearGaussianModel[] models, double[] numbers)
    {
        var lines = models.SelectMany(model => model.Direction.Select((w, i) => (w, b: model.Offset[i], model.Deviation))).ToArray();
        double Joint(double z) => StandardNormal.Density(z)
            * lines.Zip(numbers, (line, x) => new Normal(line.w * z + line.b, line.Deviation).Density(x)).Aggregate((a, b) => a * b);
        return Math.Log(Integral.Compute(Joint, -10, 10));
    }

    // Modalities without hidden layers; each expert is the likelihood of its modality as a function of z, or with the prior (exactAlone).
    private static MultimodalNetwork Linear(MultimodalConfig config, LinearGaussianModel[] models, bool exactAlone = false)
    {
        var network = config.Create(
            [.. models.Select((model, m) => new Modality($"m{m}", new ImageShape { Height = 1, Width = model.Direction.Count })
        {
            Encoder = new EncoderConfig { Kind = NetworkKind.Mlp, Hidden = [] },
            Decoder = new DecoderConfig { Kind = NetworkKind.Mlp, Hidden = [] },
            Likelihood = new LikelihoodConfig { Kind = LikelihoodKind.Gaussian, Sigma = model.Deviation, Output = OutputRange.Unbounded },
        })]);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        for (var m = 0; m < models.Length; m++)
        {
            void Set(string name, Tensor value) => network.get_parameter($"modalities.{m}.{name}")!.copy_(value);
            Tensor w = tensor(models[m].Direction.ToArray()), b = tensor(models[m].Offset.ToArray());
            var noise = models[m].Deviation * models[m].Deviation;
            var precision = models[m].Direction.Sum(x => x * x) / noise + (exactAlone ? 1 : 0);
            var gain = w / (noise * precision); // mean = gain·(x − b)
            Set("decoder.last.weight", w.unsqueeze(1));
            Set("decoder.last.bias", b);
            Set("shared_head.mean.weight", gain.unsqueeze(0));
            Set("shared_head.mean.bias", -(gain * b).sum().unsqueeze(0));
            Set("shared_head.spread.weight", zeros(1, w.shape[0]));
            Set("shared_head.spread.bias", full([1], -Math.Log(precision)));
        }
        return network;
    }
}
