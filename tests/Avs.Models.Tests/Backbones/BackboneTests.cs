using Avs.Models.Backbones;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Backbones;

public class BackboneTests
{
    public static TheoryData<string> Names => [.. BackboneRegistry.All.Select(entry => entry.Name)];

    // Published counts of the classifiers, less the classifier itself:
    // torchvision 11 689 512, 21 797 672, 25 557 032, 44 549 160; PVTv2 3.7, 14.0, 25.4, 45.2, 62.6, 82.0 M; Swin-B 87 768 224.
    [Theory]
    [InlineData("resnet18", 11_689_512 - 512 * 1000 - 1000)]
    [InlineData("resnet34", 21_797_672 - 512 * 1000 - 1000)]
    [InlineData("resnet50", 25_557_032 - 2048 * 1000 - 1000)]
    [InlineData("resnet101", 44_549_160 - 2048 * 1000 - 1000)]
    [InlineData("pvt_v2_b5", 81_443_008)]
    [InlineData("swin_b", 87_768_224 - (1024 * 1000 + 1000) - 2 * 1024)]
    [Trait("Speed", "Slow")]
    public void Parameters_number_what_the_publisher_says(string name, long expected)
    {
        using var backbone = BackboneRegistry.Create(name);
        Assert.Equal(expected, backbone.parameters().Sum(parameter => parameter.numel()));
    }

    [Theory]
    [InlineData("pvt_v2_b0", 3.7, 256)]
    [InlineData("pvt_v2_b1", 14.0, 512)]
    [InlineData("pvt_v2_b2", 25.4, 512)]
    [InlineData("pvt_v2_b3", 45.2, 512)]
    [InlineData("pvt_v2_b4", 62.6, 512)]
    [InlineData("pvt_v2_b5", 82.0, 512)]
    [Trait("Speed", "Slow")]
    public void Pvt_with_its_classifier_has_the_papers_millions_of_parameters(string name, double millions, long last)
    {
        using var backbone = BackboneRegistry.Create(name);
        var count = backbone.parameters().Sum(parameter => parameter.numel()) + last * 1000 + 1000;
        Assert.Equal(millions, Math.Round(count / 1e6, 1), 0.051);
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Speed", "Slow")]
    public void Levels_have_the_promised_shapes_and_no_NaN_at_two_sizes(string name)
    {
        using var backbone = BackboneRegistry.Create(name);
        backbone.eval();
        foreach (var (height, width) in ((int, int)[])[(32, 64), (64, 32)])
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            var levels = backbone.call(Given.Uniform(1, -2, 2, 1, 3, height, width));
            Assert.Equal(4, levels.Count);
            for (var i = 0; i < 4; i++)
            {
                Assert.Equal([1, backbone.Channels[i], height / 4 >> i, width / 4 >> i], levels[i].shape);
                Assert.True(levels[i].isfinite().all().item<bool>());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Speed", "Slow")]
    public void Gradient_reaches_every_parameter_but_those_called_unused(string name)
    {
        using var scope = NewDisposeScope();
        using var backbone = BackboneRegistry.Create(name);
        var sum = backbone.call(Given.Uniform(1, -2, 2, 2, 3, 32, 32)).Select(level => level.square().sum()).Aggregate((a, b) => a + b);
        sum.backward();
        foreach (var (key, parameter) in backbone.named_parameters())
            Assert.True(parameter.grad is not null != backbone.IsUnused(key), key);
    }
}
