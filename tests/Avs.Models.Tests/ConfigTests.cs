using Avs.Models.Backbones;
using Avs.Models.Ecmvae;
using Avs.Models.Losses;

namespace Avs.Models.Tests;

public class ConfigTests
{
    [Fact]
    public void Sizes_that_cannot_work_are_refused_when_they_are_set()
    {
        Assert.Throws<ArgumentException>(() => new EcmvaeConfig { ImageSize = 100 });
        Assert.Throws<ArgumentException>(() => new EcmvaeConfig { Channels = 30 });
        Assert.Throws<ArgumentException>(() => new EcmvaeConfig() with { LatentSize = 0 });
        Assert.Throws<ArgumentException>(() => new EcmvaeObjective { KlWeight = -1 });
        Assert.Throws<ArgumentException>(() => new LatentAtTest(LatentMode.Mean, 3));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        Assert.Contains("ecmvae_small", Assert.Throws<ArgumentException>(() => ModelRegistry.Find("nothing")).Message);
        Assert.Contains("resnet50", Assert.Throws<ArgumentException>(() => BackboneRegistry.Create("nothing")).Message);
    }

    [Fact]
    public void Demo_model_is_small()
    {
        using var model = ModelRegistry.Find("ecmvae_small").Create();
        Assert.InRange(model.ParameterCount, 1_000_000, 1_600_000);
    }
}
