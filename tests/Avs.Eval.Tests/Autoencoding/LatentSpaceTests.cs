using Avs.Eval.Autoencoding;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Autoencoding;

public sealed class LatentSpaceTests
{
    [Fact]
    public void Of_a_decoder_that_doubles_codes_the_distances_are_twice_the_steps()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var codes = randn([3000, 4], ScalarType.Float32, generator: generator);
        var score = LatentSpaceScore.Compute(
            CodeRegion.StandardNormal, codes.narrow(0, 0, 2000), codes.narrow(0, 2000, 1000), z => (z * 2).view(-1, 1, 2, 2), generator);
        Assert.Equal(0.1, score.Continuity, 1e-5); // 2·‖δ‖/√4
        // E‖z − z'‖ of 4 dimensions = √2·E[χ₄] = √2·1.8800, so the quotient is 0.1/2.6587
        Assert.Equal(0.0376, score.RelativeContinuity, 0.001);
        Assert.Equal(0.95, score.Completeness, 0.03);
    }

    [Fact]
    public void A_hole_in_the_box_of_the_codes_is_seen()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        // Codes fill 0 to 1; a single one at 4 makes the box four times as wide.
        var train = cat([arange(1000, ScalarType.Float32) / 1000, tensor(new[] { 4f })]).unsqueeze(1);
        var test = (arange(1000, ScalarType.Float32) / 1000 + 0.0003f).unsqueeze(1);
        var score = LatentSpaceScore.Compute(CodeRegion.Box, train, test, z => z.view(-1, 1, 1, 1), generator, draws: 4000);
        Assert.InRange(score.Completeness, 0.13, 0.2); // 0.25 of the box is filled, and 0.6 of that is nearer than 0.0003 to a code
        var deviation = (train - train.mean()).square().mean().sqrt().item<float>();
        Assert.Equal(0.1 * deviation, score.Continuity, 1e-5);
    }

    [Fact]
    public void A_vector_of_a_class_raises_its_score()
    {
        using var scope = NewDisposeScope();
        var codes = tensor(new[,] { { 1f, 0 }, { 1, 1 }, { -1, 0 }, { -1, 1 } });
        bool[] has = [true, true, false, false];
        var rising = LatentArithmetic.Compute("right", codes, has, codes.narrow(0, 2, 2), z => z.select(1, 0).sigmoid())!;
        Assert.Equal(1, rising.Rises);
        // v = (2, 0), of length 1 with the mean variance of the codes, (1 + 0.25)/2
        var scale = Math.Sqrt(0.625);
        Assert.All(LatentArithmetic.Alphas.Zip(rising.Scores),
            pair => Assert.Equal(1 / (1 + Math.Exp(1 - pair.First * scale)), pair.Second, 1e-5));
        Assert.Equal(0, LatentArithmetic.Compute("left", codes, has, codes.narrow(0, 2, 2), z => -z.select(1, 0))!.Rises);
        Assert.Null(LatentArithmetic.Compute("all", codes, [true, true, true, true], codes, z => z.select(1, 0)));
    }
}
