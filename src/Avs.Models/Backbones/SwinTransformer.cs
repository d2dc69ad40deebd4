using TorchSharp.Modules;
using static TorchSharp.torch;

// Swin Transformer: Z. Liu et al., "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", ICCV 2021, without the
// classifier and the norm before it.
//
//   picture -> 4x4 patches (strided convolution, LayerNorm) -> stage 1 -> merge 2x2 -> stage 2 -> merge -> stage 3 -> merge -> stage 4
// block x += DropPath(WindowAttention(LN x)); x += DropPath(MLP(LN x)); every second block shifts its windows by half of their side
//   merge      the four tokens of a 2x2 square side by side -> LayerNorm -> Linear 4C -> 2C
//
// Names are the authors'. A map whose sides are not multiples of the window is padded with zeros at its end after the norm, a map of odd
// sides before merging. The masks of shifted windows, which the authors' files carry as `attn_mask`, depend on the picture's size and are
// made as needed.

namespace Avs.Models.Backbones;

/// <summary>The sizes of a Swin Transformer.</summary>
/// <param name="Channels">Channels of the first stage; each further stage has twice as many.</param>
/// <param name="Depths">Blocks of the four stages.</param>
/// <param name="Heads">Attention heads of the four stages.</param>
/// <param name="Window">Side of an attention window in tokens.</param>
public sealed record SwinSize(long Channels, int[] Depths, long[] Heads, long Window);

/// <summary>Which maps of a Swin Transformer are its feature levels. Both have the same shapes.</summary>
public enum SwinLevels
{
    /// <summary>What the blocks of each stage return.</summary>
    StageOutputs,

    /// <summary>What enters each stage, as in the ECMVAE release: the blocks of the last stage take part in no output.</summary>
    StageInputs,
}

/// <summary>Swin Transformer as a feature extractor.</summary>
public sealed class SwinTransformer : VisualBackbone
{
    private readonly SwinLevels levels;
    private readonly PatchEmbedding patch_embed;
    private readonly ModuleList<Stage> layers;

    /// <summary>Creates the network with the authors' initialisation.</summary>
    /// <param name="size">One of the sizes below.</param>
    /// <param name="dropPath">Probability with which the last block's branches are left out of a sample in training; earlier blocks have
    /// linearly less.</param>
    /// <param name="levels">Which maps are returned.</param>
    public SwinTransformer(SwinSize size, double dropPath, SwinLevels levels = SwinLevels.StageOutputs) : base(nameof(SwinTransformer))
    {
        this.levels = levels;
        Channels = [.. Enumerable.Range(0, 4).Select(stage => size.Channels << stage)];
        patch_embed = new PatchEmbedding(size.Channels);
        var all = size.Depths.Sum();
        layers = new ModuleList<Stage>([.. Enumerable.Range(0, 4).Select(stage => new Stage(
            Channels[stage], size.Heads[stage], size.Window,
            [.. Enumerable.Range(size.Depths.Take(stage).Sum(), size.Depths[stage]).Select(block => dropPath * block / (all - 1))],
            merges: stage < 3))]);
        RegisterComponents();
        foreach (var module in modules())
            if (module is Linear linear)
            {
                Initialisation.TruncatedNormal(linear.weight);
                if (linear.bias is not null)
                    nn.init.zeros_(linear.bias);
            }
    }

    /// <summary>Swin-B: 86.7 M parameters without the classifier and its norm.</summary>
    public static SwinSize B { get; } = new(128, [2, 2, 18, 2], [4, 8, 16, 32], 7);

    /// <inheritdoc/>
    public override IReadOnlyList<long> Channels { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var x = patch_embed.call(images); // [N,H/4,W/4,C]
        var maps = new Tensor[4];
        for (var stage = 0; stage < 4; stage++)
        {
            maps[stage] = x; // [N,h,w,C]
            if (IsUnused($"layers.{stage}."))
                break;
            var (refined, merged) = layers[stage].call(x);
            if (levels == SwinLevels.StageOutputs)
                maps[stage] = refined; // [N,h,w,C]
            x = merged ?? refined; // [N,h/2,w/2,2C]
        }

        return [.. maps.Select(map => map.permute(0, 3, 1, 2).MoveToOuterDisposeScope())]; // [N,h,w,C] -> [N,C,h,w]
    }

    /// <inheritdoc/>
    public override bool IsUnused(string name) =>
        levels == SwinLevels.StageInputs && name.StartsWith("layers.3.", StringComparison.Ordinal);

    private sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d proj;
        private readonly LayerNorm norm;

        public PatchEmbedding(long channels) : base(nameof(PatchEmbedding))
        {
            proj = nn.Conv2d(3, channels, 4, stride: 4);
            norm = nn.LayerNorm(channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor picture)
        {
            using var scope = NewDisposeScope();
            return norm.call(proj.call(picture).permute(0, 2, 3, 1)).MoveToOuterDisposeScope(); // [N,h,w,C]
        }
    }

    /// <summary>[N,h,w,C] -> what its blocks return [N,h,w,C], and that merged [N,h/2,w/2,2C], or null in the last stage.</summary>
    private sealed class Stage : nn.Module<Tensor, (Tensor Refined, Tensor? Merged)>
    {
        private readonly ModuleList<SwinBlock> blocks;
        private readonly PatchMerging? downsample;

        public Stage(long channels, long heads, long window, double[] dropPaths, bool merges) : base(nameof(Stage))
        {
            blocks = new ModuleList<SwinBlock>([.. dropPaths.Select((drop, i) =>
                new SwinBlock(channels, heads, window, i % 2 == 1, drop))]);
            downsample = merges ? new PatchMerging(channels) : null;
            RegisterComponents();
        }

        public override (Tensor Refined, Tensor? Merged) forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            foreach (var block in blocks)
                x = block.call(x);
            return (x.MoveToOuterDisposeScope(), downsample?.call(x).MoveToOuterDisposeScope());
        }
    }

    private sealed class PatchMerging : nn.Module<Tensor, Tensor>
    {
        private readonly Linear reduction;
        private readonly LayerNorm norm;

        public PatchMerging(long channels) : base(nameof(PatchMerging))
        {
            reduction = nn.Linear(4 * channels, 2 * channels, hasBias: false);
            norm = nn.LayerNorm(4 * channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            x = SwinBlock.PaddedTo(x, 2);
            long n = x.shape[0], h = x.shape[1] / 2, w = x.shape[2] / 2, c = x.shape[3];
            // The authors' order inside a square: down first, then right.
            var squares = x.view(n, h, 2, w, 2, c).permute(0, 1, 3, 4, 2, 5).reshape(n, h, w, 4 * c); // [N,h,w,C] -> [N,h/2,w/2,4C]
            return reduction.call(norm.call(squares)).MoveToOuterDisposeScope();
        }
    }
}
