using Avs.Core;
using Avs.Models.Vae;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Multimodal;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae.Multimodal;

/// <summary>
/// What holds of every registered multimodal VAE, here of three modalities of different shapes: photographs, a spectrogram, drawings.
/// </summary>
public class EveryMultimodalTests
{
    private static readonly IReadOnlyList<Modality> Modalities =
    [
        new("photo", new ImageShape { Channels = 3, Height = 8, Width = 8 }),
        new("sound", new ImageShape { Height = 6, Width = 10 })
        {
            Encoder = new EncoderConfig { Kind = NetworkKind.Mlp, Hidden = [12] },
            Decoder = new DecoderConfig { Kind = NetworkKind.Mlp, Hidden = [12] },
            Likelihood = new LikelihoodConfig { Kind = LikelihoodKind.GaussianLearnedSigma, Output = OutputRange.Unbounded },
            Weight = 2,
        },
        new("drawing", new ImageShape { Height = 4, Width = 8 }) { Likelihood = new LikelihoodConfig() },
    ];

    public static TheoryData<string> Names() => [.. VaeRegistry.Multimodal.Select(preset => preset.Name)];

    public static TheoryData<string, int> Counts()
    {
        var data = new TheoryData<string, int>();
        foreach (var preset in VaeRegistry.Multimodal)
            for (var count = 1; count <= 4; count++)
                data.Add(preset.Name, count);
        return data;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Missing_modalities_are_not_looked_at_whatever_stands_there(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Network(name);
        (float Total, float[] Gradients) Step(float filler)
        {
            using var generator = new Generator(1);
            network.zero_grad();
            var terms = Terms(name, network, Partial(filler), generator);
            terms.Total.backward();
            Assert.All(terms.Named(), term => Assert.True(float.IsFinite(term.Value.item<float>()), term.Name));
            return (terms.Total.item<float>(), [.. network.parameters().Select(EveryVaeTests.Size)]);
        }

        var expected = Step(0);
        var found = Step(float.NaN);
        Assert.Equal(expected.Total, found.Total);
        Assert.Equal(expected.Gradients, found.Gradients);
        Assert.All(found.Gradients, size => Assert.True(float.IsFinite(size) && size > 0));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_modality_that_is_missing_of_all_examples_may_be_null_and_learns_nothing(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Network(name);
        var whole = Whole();
        using var generator = new Generator(1);
        var terms = Terms(name, network, whole with { Modalities = [whole.Modalities[0], null, whole.Modalities[2]] }, generator);
        terms.Total.backward();
        Assert.True(float.IsFinite(terms.Total.item<float>()));
        Assert.DoesNotContain(terms.Terms, term => term.Name == "reconstruction/sound");
        foreach (var (parameterName, parameter) in network.named_parameters())
            if (parameterName.StartsWith("modalities.", StringComparison.Ordinal))
                Assert.Equal(!parameterName.StartsWith("modalities.1.", StringComparison.Ordinal), EveryVaeTests.Size(parameter) > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_example_is_answered_as_if_it_were_alone_with_what_it_has(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Network(name);
        var together = Partial(float.NaN);
        var joint = network.Join(network.Encode(together));
        Assert.True((joint.Weights.sum([0]) - 1).abs().max().item<float>() < 1e-6);
        var z = Given.Uniform(9, -1, 1, 4, network.LatentSize);
        for (var row = 0; row < 4; row++)
        {
            var there = together.Present![row].data<bool>().ToArray();
            var alone = network.Join(network.Encode(new MultimodalInput(
                [.. together.Modalities.Select((x, m) => there[m] ? x!.narrow(0, row, 1) : null)])));
            Assert.True(Given.Distance(alone.Mean(), joint.Mean().narrow(0, row, 1)) < 1e-5);
            Assert.True(Given.Distance(alone.LogDensity(z.narrow(0, row, 1)), joint.LogDensity(z).narrow(0, row, 1)) < 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_modality_can_be_generated_from_any_others_and_from_none(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Network(name);
        using var generator = new Generator(1);
        var generated = network.Generate(new MultimodalInput([null, Whole().Modalities[1], null]), generator);
        foreach (var images in (IReadOnlyList<Tensor>[])[generated, network.Sample(4, generator)])
        {
            Assert.Equal([4, 3, 8, 8], images[0].shape);
            Assert.Equal([4, 1, 6, 10], images[1].shape);
            Assert.Equal([4, 1, 4, 8], images[2].shape);
            Assert.All(images, image => Assert.True(image.isfinite().all().item<bool>()));
        }
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void It_takes_any_number_of_modalities(string name, int count)
    {
        using var scope = NewDisposeScope();
        using var network = Given.Filled(
            Narrow(name).Create([.. Enumerable.Range(0, count).Select(i => Modalities[0] with { Name = $"m{i}" })]));
        using var generator = new Generator(1);
        var images = Whole().Modalities[0]!;
        var terms = Terms(name, network, new MultimodalInput([.. Enumerable.Range(0, count).Select(_ => images)]), generator);
        terms.Total.backward();
        Assert.True(float.IsFinite(terms.Total.item<float>()));
        Assert.Equal(1 + count, terms.Terms.Count(term => term.Name.StartsWith("reconstruction", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_bound_is_finite_of_what_is_there(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Network(name);
        using var generator = new Generator(1);
        var bound = MultimodalMeasures.ImportanceWeightedBound(network, Partial(float.NaN), generator, 5, atOnce: 2);
        Assert.Equal([4], bound.shape);
        Assert.True(bound.isfinite().all().item<bool>());
        Assert.False(bound.requires_grad);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused_in_a_sentence()
    {
        using var scope = NewDisposeScope();
        using var network = Network("mvae");
        var whole = Whole();
        string Refusal(MultimodalInput input) => Assert.Throws<ArgumentException>(() => network.Encode(input)).Message;
        Assert.Contains("the network has 3 modalities, the input 2", Refusal(new MultimodalInput([whole.Modalities[0], null])));
        Assert.Contains(
            "modality 'sound' is [4, 1, 6, 9]; expected 4 of 1x6x10",
            Refusal(whole with { Modalities = [whole.Modalities[0], rand(4, 1, 6, 9), whole.Modalities[2]] }));
        Assert.Contains("no modality at all", Refusal(new MultimodalInput([null, null, null])));
        Assert.Contains("expected [4, 3]", Refusal(whole with { Present = ones(3, 4).to(ScalarType.Bool) }));
        Assert.Contains("2 of 4 examples have no modality", Refusal(whole with { Present = Mask(1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0) }));
        Assert.Contains("two modalities have the name 'photo'",
            Assert.Throws<UsageException>(() => Narrow("mvae").Create([Modalities[0], Modalities[0]])).Message);
        Assert.Contains("at most 10", Assert.Throws<UsageException>(
            () => Narrow("mopoe").Create([.. Enumerable.Range(0, 11).Select(i => Modalities[0] with { Name = $"m{i}" })])).Message);
    }

    internal static MultimodalPreset Find(string name) => VaeRegistry.Multimodal.Single(preset => preset.Name == name);

    private static MultimodalConfig Narrow(string name) => Find(name).Config switch
    {
        DmvaeConfig config => Narrow(config with { PrivateSize = 3 }),
        MmvaePlusConfig config => Narrow(config with { PrivateSize = 3, Samples = 2 }),
        MmvaeConfig config => Narrow(config with { Samples = 2 }),
        var config => Narrow(config),
    };

    private static MultimodalConfig Narrow(MultimodalConfig config) => config with
    {
        LatentSize = 5,
        Encoder = new EncoderConfig { Channels = [6, 8] },
        Decoder = new DecoderConfig { Channels = [8, 6] },
    };

    internal static MultimodalNetwork Network(string name) => Given.Filled(Narrow(name).Create(Modalities));

    internal static MultimodalInput Whole() => new([.. Modalities.Select((modality, m) =>
        Given.Uniform(20 + m, 0, 1, 4, modality.Shape.Channels, modality.Shape.Height, modality.Shape.Width))]);

    // The first example has all, the second and third two, the last one; what is missing is something else.
    internal static MultimodalInput Partial(float filler)
    {
        var present = Mask(1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1);
        return new MultimodalInput(
            [.. Whole().Modalities.Select((x, m) => where(present.select(1, m).view(-1, 1, 1, 1), x!, full_like(x!, filler)))], present);
    }

    private static Tensor Mask(params int[] present) => tensor(present).view(-1, 3).to(ScalarType.Bool);

    internal static ObjectiveTerms Terms(string name, MultimodalNetwork network, MultimodalInput input, Generator generator) =>
        Find(name).Objective.Compute(network, input, network.call(input, generator));
}
