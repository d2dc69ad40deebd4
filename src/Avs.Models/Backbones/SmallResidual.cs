using Avs.Models.Memory;
using TorchSharp.Modules;
using static TorchSharp.torch;

// A residual network small enough to learn from nothing in minutes on two CPU cores: two strided convolutions, then basic blocks
// (K. He et al., CVPR 2016) of 24, 40, 64 and 128 channels, 1, 1, 2 and 2 of them.

namespace Avs.Models.Backbones;

/// <summary>The backbone of the demo.</summary>
public sealed class SmallResidual : VisualBackbone
{
    private readonly Conv2d conv1, conv2;
    private readonly BatchNorm2d bn1, bn2;
    private readonly ReLU relu;
    private readonly ModuleList<Sequential> stages;

    /// <summary>Creates the network.</summary>
    public SmallResidual() : base(nameof(SmallResidual))
    {
        conv1 = nn.Conv2d(3, 16, 3, stride: 2, padding: 1, bias: false);
        bn1 = nn.BatchNorm2d(16);
        conv2 = nn.Conv2d(16, 24, 3, stride: 2, padding: 1, bias: false);
        bn2 = nn.BatchNorm2d(24);
        relu = nn.ReLU(inplace: true);
        stages = new ModuleList<Sequential>(
            nn.Sequential(new BasicBlock(24, 24, 1)),
            nn.Sequential(new BasicBlock(24, 40, 2)),
            nn.Sequential(new BasicBlock(40, 64, 2), new BasicBlock(64, 64, 1)),
            nn.Sequential(new BasicBlock(64, 128, 2), new BasicBlock(128, 128, 1)));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<long> Channels { get; } = [24, 40, 64, 128];

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var x = Layers.Run(images, conv1, bn1, relu, conv2, bn2, relu); // [N,3,H,W] -> [N,16,H/2,W/2] -> [N,24,H/4,W/4]
        var levels = new Tensor[4];
        for (var i = 0; i < 4; i++)
            x = levels[i] = stages[i].call(x).MoveToOuterDisposeScope(); // [N,Cᵢ,H/2^(i+2),W/2^(i+2)]
        return levels;
    }
}
