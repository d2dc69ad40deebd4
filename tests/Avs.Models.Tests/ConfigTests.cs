using Avs.Core;
using Avs.Core.Configuration;
using Avs.Models.AvsBench;
using Avs.Models.Backbones;
using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;

namespace Avs.Models.Tests;

public class ConfigTests
{
    [Fact]
    public void Sizes_that_cannot_work_are_refused_by_their_keys()
    {
        string Refusal(Action use) => Assert.Throws<UsageException>(use).Message;
        Assert.Equal("model.network.image_size: found '100', expected a whole number above 0 and divisible by 32",
            Refusal(() => new EcmvaeConfig { ImageSize = 100 }.Create()));
        Assert.Equal("model.network.channels: found '30', expected a whole number above 0 and divisible by 4",
            Refusal(() => _ = new AudioVisualSegmenter(new SegmenterConfig { Network = new DeterministicConfig { Channels = 30 } })));
        Assert.Equal("model.network.tpavi_stages[0]: found '4', expected a whole number from 0 to 3",
            Refusal(() => new AvsBenchConfig { TpaviStages = [4] }.Create()));
        Assert.Equal("objective.kl_weight: found '-1', expected a number of at least 0",
            Refusal(() => RecordCheck.Require(new EcmvaeObjective { KlWeight = -1 }, "objective")));
        Assert.Throws<ArgumentException>(() => new LatentAtTest(LatentMode.Mean, 3));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        Assert.Contains("ecmvae_small", Assert.Throws<ArgumentException>(() => ModelRegistry.Find("nothing")).Message);
        Assert.Contains("resnet50", Assert.Throws<ArgumentException>(() => BackboneRegistry.Create("nothing")).Message);
    }

    [Fact]
    public void The_demo_s_model_is_small()
    {
        using var model = ModelRegistry.Find("ecmvae_small").Create();
        Assert.InRange(model.ParameterCount, 1_000_000, 1_600_000);
    }
}
