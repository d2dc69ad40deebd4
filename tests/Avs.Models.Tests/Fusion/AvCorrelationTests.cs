using Avs.Models.Fusion;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Fusion;

public class AvCorrelationTests
{
    [Fact]
    public void Gate_lies_between_one_and_two_times_the_normalised_features()
    {
        using var scope = NewDisposeScope();
        var visual = Given.Uniform(1, 0.1, 1, 2, 8, 3, 3);
        var result = Given.Filled(new AvCorrelation(8)).call(visual, Given.Uniform(2, -1, 1, 2, 8), 2).Visual;

        var ratio = result / (visual / (visual.square().sum(1, keepdim: true) + 1e-6).sqrt());
        Assert.True(ratio.min().item<float>() > 1 && ratio.max().item<float>() < 2);
    }

    [Fact]
    public void Entries_have_the_authors_names()
    {
        using var block = new AvCorrelation(128);
        Assert.Equal(["conv1.conv.weight", "conv2.conv.weight", "conv3.conv.weight"], block.state_dict().Keys.Order());
        Assert.Equal([32L, 32L, 3L, 3L], block.state_dict()["conv2.conv.weight"].shape);
    }
}
