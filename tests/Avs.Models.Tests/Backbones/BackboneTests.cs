using Avs.Models.Backbones;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Backbones;

[Trait("Speed", "Slow")]
public class BackboneTests
{
    public static TheoryData<string> Names => [.. BackboneRegistry.All.Select(entry => entry.Name)];

    // Published counts of the classifiers, less the classifier itself (torchvision; the authors of Swin), and without one (PVTv2-B5).
    [Theory]
    [InlineData("resnet18", 11_689_512 - 512 * 1000 - 1000)]
    [InlineData("resnet34", 21_797_672 - 512 * 1000 - 1000)]
    [InlineData("resnet50", 25_557_032 - 2048 * 1000 - 1000)]
    [InlineData("resnet101", 44_549_160 - 2048 * 1000 - 1000)]
    [InlineData("pvt_v2_b5", 81_443_008)]
    [InlineData("swin_b", 87_768_224 - (1024 * 1000 + 1000) - 2 * 1024)]
    public void Parameters_number_what_the_publisher_says(string name, long expected) =>
        Assert.Equal(expected, BackboneRegistry.Find(name).Parameters);

    [Theory]
    [InlineData("pvt_v2_b0", 3.7, 256)]
    [InlineData("pvt_v2_b1", 14.0, 512)]
    [InlineData("pvt_v2_b2", 25.4, 512)]
    [InlineData("pvt_v2_b3", 45.2, 512)]
    [InlineData("pvt_v2_b4", 62.6, 512)]
    [InlineData("pvt_v2_b5", 82.0, 512)]
    public void Pvt_with_its_classifier_has_the_papers_millions_of_parameters(string name, double millions, long last) =>
        Assert.Equal(millions, Math.Round((BackboneRegistry.Find(name).Parameters + last * 1000 + 1000) / 1e6, 1), 0.051);

    [Theory]
    [MemberData(nameof(Names))]
    public void Backbone_gives_the_promised_levels_at_two_sizes_and_learns_with_every_parameter_that_it_lists(string name)
    {
        using var backbone = BackboneRegistry.Create(name);
        Assert.Equal(BackboneRegistry.Find(name).Parameters, backbone.parameters().Sum(parameter => parameter.numel()));
        GivesLevels(backbone, 32, 64);
        GivesLevels(backbone, 64, 32);
        LearnsEverywhere(backbone);
    }

    private static void GivesLevels(VisualBackbone backbone, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        backbone.eval();
        var levels = backbone.call(Given.Uniform(1, -2, 2, 1, 3, height, width));
        Assert.Equal(4, levels.Count);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal([1, backbone.Channels[i], height / 4 >> i, width / 4 >> i], levels[i].shape);
            Assert.True(levels[i].isfinite().all().item<bool>());
        }
    }

    private static void LearnsEverywhere(VisualBackbone backbone)
    {
        using var scope = NewDisposeScope();
        backbone.train();
        var sum = backbone.call(Given.Uniform(1, -2, 2, 2, 3, 32, 32)).Select(level => level.square().sum()).Aggregate((a, b) => a + b);
        sum.backward();
        foreach (var (key, parameter) in backbone.named_parameters())
        {
            Assert.True(parameter.isfinite().all().item<bool>(), $"{key} begins with numbers that are not finite");
            Assert.True(parameter.grad is not null != backbone.IsUnused(key), key);
            Assert.True(parameter.grad?.isfinite().all().item<bool>() ?? true, $"the gradient of {key} is not finite");
        }
    }
}
