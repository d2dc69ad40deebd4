using Avs.Models.Ecmvae;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Losses;

public class DeterministicObjectiveTests
{
    // Golden numbers: torch.distributions.kl_divergence and binary_cross_entropy on the same values.
    [Theory]
    [InlineData(KlScale.Reference, 0.1757946f)]
    [InlineData(KlScale.LogVariance, 0.8115561f)]
    public void Code_pairs_predict_each_other_and_are_kept_apart(KlScale scale, float expected)
    {
        using var scope = NewDisposeScope();
        var pair = new CodePair(
            new LatentCode(Rows(0.2f, -0.5f, 0.9f, 0.1f), Rows(0.3f, -0.4f, 0, 0.6f), Rows(0.5f, -1, 1.5f, 0.25f)),
            new LatentCode(Rows(-0.3f, 0.4f, 0.7f, -0.6f), Rows(0.1f, 0.2f, -0.5f, 0.4f), Rows(-0.75f, 0.5f, 0.3f, -2)));
        Assert.Equal(expected, new DeterministicObjective { KlScale = scale }.Regulariser(pair).item<float>(), 1e-5f);
    }

    [Fact]
    public void A_lower_bound_is_raised()
    {
        using var scope = NewDisposeScope();
        // −½(1² + 2²), over e^0, mean of one row
        var bound = new LevelBound(new MutualInformationHeads(Rows(1, 2, 1, 2), zeros(2, 2), zeros(2, 2)));
        Assert.Equal(2.5f, new DeterministicObjective().Regulariser(bound).item<float>(), 1e-6f);
    }

    [Theory]
    [InlineData(InformationRegulariser.CodePairs)]
    [InlineData(InformationRegulariser.LowerBound)]
    [InlineData(InformationRegulariser.None)]
    public void Every_term_of_every_regulariser_is_a_number_and_the_regulariser_works_in_training_only(InformationRegulariser regulariser)
    {
        using var scope = NewDisposeScope();
        using var model = new AudioVisualSegmenter(new SegmenterConfig
        {
            Network = new DeterministicConfig
            {
                Backbone = "small_residual",
                ImageSize = 64,
                Channels = 16,
                TpaviChannels = 8,
                RegulariserChannels = 8,
                Regulariser = regulariser
            },
        });
        var input = Given.Batch(1, 2, 64);
        var output = (DeterministicOutput)model.call(input);
        var terms = new DeterministicObjective { SimilarityWeight = 0.5 }.Compute(output, input);
        Assert.All(terms.Named(), term => Assert.True(float.IsFinite(term.Value.item<float>()), term.Name));
        Assert.Equal(regulariser == InformationRegulariser.None ? 0 : 4, output.Levels.Count);
        Assert.Empty(((DeterministicOutput)model.call(input with { Masks = null })).Levels);
    }

    private static Tensor Rows(params float[] values) => tensor(values).reshape(2, 2);
}
