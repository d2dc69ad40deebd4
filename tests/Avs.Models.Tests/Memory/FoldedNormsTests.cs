using Avs.Models.Memory;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Memory;

public sealed class FoldedNormsTests
{
    [Theory]
    [InlineData("ecmvae_small")]
    [InlineData("tpavi_small")]
    public void Folded_or_not_a_model_predicts_the_same(string name)
    {
        using var scope = NewDisposeScope();
        using var model = Given.Filled(ModelRegistry.Find(name).Create());
        model.eval();
        using var without = inference_mode();
        var input = Given.Batch(1, 5, 96, masks: false);
        Tensor Logits() => model.Predict(input, new LatentAtTest(LatentMode.Mean), new ZeroNoise()).Logits;

        var plain = Logits();
        using (var folded = new FoldedNorms(model))
        {
            Assert.True(plain.allclose(Logits(), 1e-4, 1e-4));
            Assert.True(folded.Count > 10, $"{folded.Count} BatchNorms were folded");
        }

        Assert.True(plain.equal(Logits()).all().item<bool>());
    }

    [Fact]
    public void With_gradients_the_norms_themselves_run_and_learn()
    {
        using var scope = NewDisposeScope();
        using var layers = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4));
        layers.eval();
        using var folded = new FoldedNorms(layers);
        Layers.Run(Given.Uniform(1, -1, 1, 1, 3, 8, 8), layers).sum().backward();
        Assert.Equal(0, folded.Count);
        Assert.All(layers.parameters(), parameter => Assert.NotNull(parameter.grad));
    }

    [Fact]
    public void Training_mode_does_not_use_what_was_folded()
    {
        using var scope = NewDisposeScope();
        using var model = Given.Filled(ModelRegistry.Find("ecmvae_small").Create());
        model.train();
        var input = Given.Batch(1, 5, 96, masks: false);
        var plain = model.call(input).Logits;
        using var folded = new FoldedNorms(model);
        Assert.True(plain.allclose(model.call(input).Logits, 1e-5, 1e-6));
    }
}
