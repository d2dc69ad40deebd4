using Avs.Models.Backbones;
using Avs.Models.Memory;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.AvsBench;

/// <summary>ResNet-50 under the baseline's names: the last two stages exist twice, and only the first of each pair is used.</summary>
internal sealed class TwoBranchResNet50 : VisualBackbone
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly ReLU relu;
    private readonly ChannelsLastMaxPool2d maxpool;
    private readonly Sequential layer1, layer2, layer3_1, layer4_1;
    private readonly Sequential? layer3_2, layer4_2;

    public TwoBranchResNet50(bool unusedBranch) : base(nameof(TwoBranchResNet50))
    {
        conv1 = nn.Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
        bn1 = nn.BatchNorm2d(64);
        relu = nn.ReLU(inplace: true);
        maxpool = new ChannelsLastMaxPool2d(3, stride: 2, padding: 1);
        layer1 = ResNetStage.Create(true, 64, 64, 3, 1);
        layer2 = ResNetStage.Create(true, 256, 128, 4, 2);
        layer3_1 = ResNetStage.Create(true, 512, 256, 6, 2);
        layer4_1 = ResNetStage.Create(true, 1024, 512, 3, 2);
        if (unusedBranch)
        {
            layer3_2 = ResNetStage.Create(true, 512, 256, 6, 2);
            layer4_2 = ResNetStage.Create(true, 1024, 512, 3, 2);
        }

        RegisterComponents();
        ResNetStage.Initialise(this);
    }

    public override IReadOnlyList<long> Channels { get; } = [256, 512, 1024, 2048];

    public override bool IsUnused(string name) =>
        name.StartsWith("layer3_2.", StringComparison.Ordinal) || name.StartsWith("layer4_2.", StringComparison.Ordinal);

    // layer3_1.… and layer3_2.… both start with the weights of layer3.…, and so for layer4.
    public override string PublishedName(string name) =>
        name.StartsWith("layer3_", StringComparison.Ordinal) || name.StartsWith("layer4_", StringComparison.Ordinal)
            ? name.Remove("layer3".Length, 2)
            : name;

    public override IReadOnlyList<Tensor> forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var x = Layers.Recompute(images, conv1, bn1, relu, maxpool); // [N,3,H,W] -> [N,64,H/4,W/4]
        var c2 = layer1.call(x); // [N,256,H/4,W/4]
        var c3 = layer2.call(c2); // [N,512,H/8,W/8]
        var c4 = layer3_1.call(c3); // [N,1024,H/16,W/16]
        var c5 = layer4_1.call(c4); // [N,2048,H/32,W/32]
        return [c2.MoveToOuterDisposeScope(), c3.MoveToOuterDisposeScope(), c4.MoveToOuterDisposeScope(), c5.MoveToOuterDisposeScope()];
    }
}
