using Avs.Models.Blocks;
using Avs.Models.Memory;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// PVTv2: W. Wang et al., "PVT v2: Improved Baselines with Pyramid Vision Transformer", Computational Visual Media 2022, without the
// classifier.
//
//   stage  = overlapping patch embedding (strided convolution, LayerNorm) -> blocks -> LayerNorm -> picture again
//   block    x += DropPath(Attention(LN x));   x += DropPath(MLP(LN x))
//   Attention: keys and values come from the tokens reduced R x R to 1 by a strided convolution (R = 8, 4, 2, 1)
//   MLP:       Linear -> depthwise 3x3 convolution on the token picture -> GELU (erf) -> Linear
//
// Names are the authors'. Their LayerNorm eps is not uniform and is kept: 1e-6 in the blocks and at a stage's end, 1e-5 in the patch
// embedding and behind the spatial reduction.

namespace Avs.Models.Backbones;

/// <summary>The sizes of a PVTv2.</summary>
/// <param name="Channels">Channels of the four stages.</param>
/// <param name="Depths">Blocks of the four stages.</param>
/// <param name="MlpRatios">Hidden over outer channels of the MLPs of the four stages.</param>
public sealed record PvtSize(long[] Channels, int[] Depths, long[] MlpRatios);

/// <summary>PVTv2 b0 to b5 as feature extractors.</summary>
public sealed class PyramidVisionTransformer : VisualBackbone
{
    private const double BlockEps = 1e-6;

    private readonly PatchEmbedding patch_embed1, patch_embed2, patch_embed3, patch_embed4;
    private readonly ModuleList<Block> block1, block2, block3, block4;
    private readonly LayerNorm norm1, norm2, norm3, norm4;

    /// <summary>Creates the network with the authors' initialisation.</summary>
    /// <param name="size">One of the sizes below.</param>
    /// <param name="dropPath">Probability with which the last block's branches are left out of a sample in training; earlier blocks have
    /// linearly less.</param>
    public PyramidVisionTransformer(PvtSize size, double dropPath) : base(nameof(PyramidVisionTransformer))
    {
        Channels = size.Channels;
        var c = size.Channels;
        patch_embed1 = new PatchEmbedding(3, c[0], 7, 4);
        patch_embed2 = new PatchEmbedding(c[0], c[1], 3, 2);
        patch_embed3 = new PatchEmbedding(c[1], c[2], 3, 2);
        patch_embed4 = new PatchEmbedding(c[2], c[3], 3, 2);
        block1 = Stage(size, 0, dropPath);
        block2 = Stage(size, 1, dropPath);
        block3 = Stage(size, 2, dropPath);
        block4 = Stage(size, 3, dropPath);
        norm1 = nn.LayerNorm(c[0], BlockEps);
        norm2 = nn.LayerNorm(c[1], BlockEps);
        norm3 = nn.LayerNorm(c[2], BlockEps);
        norm4 = nn.LayerNorm(c[3], BlockEps);
        RegisterComponents();
        Initialise();
    }

    /// <summary>b0, 3.4 M parameters.</summary>
    public static PvtSize B0 { get; } = new([32, 64, 160, 256], [2, 2, 2, 2], [8, 8, 4, 4]);

    /// <summary>b1.</summary>
    public static PvtSize B1 { get; } = new([64, 128, 320, 512], [2, 2, 2, 2], [8, 8, 4, 4]);

    /// <summary>b2.</summary>
    public static PvtSize B2 { get; } = new([64, 128, 320, 512], [3, 4, 6, 3], [8, 8, 4, 4]);

    /// <summary>b3.</summary>
    public static PvtSize B3 { get; } = new([64, 128, 320, 512], [3, 4, 18, 3], [8, 8, 4, 4]);

    /// <summary>b4.</summary>
    public static PvtSize B4 { get; } = new([64, 128, 320, 512], [3, 8, 27, 3], [8, 8, 4, 4]);

    /// <summary>b5, the paper's first backbone: 81.4 M parameters.</summary>
    public static PvtSize B5 { get; } = new([64, 128, 320, 512], [3, 6, 40, 3], [4, 4, 4, 4]);

    /// <inheritdoc/>
    public override IReadOnlyList<long> Channels { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var c1 = Run(images, patch_embed1, block1, norm1); // [N,C₁,H/4,W/4]
        var c2 = Run(c1, patch_embed2, block2, norm2); // [N,C₂,H/8,W/8]
        var c3 = Run(c2, patch_embed3, block3, norm3); // [N,C₃,H/16,W/16]
        var c4 = Run(c3, patch_embed4, block4, norm4); // [N,C₄,H/32,W/32]
        return [c1.MoveToOuterDisposeScope(), c2.MoveToOuterDisposeScope(), c3.MoveToOuterDisposeScope(), c4.MoveToOuterDisposeScope()];
    }

    private static Tensor Run(Tensor picture, PatchEmbedding embed, ModuleList<Block> blocks, LayerNorm norm)
    {
        using var scope = NewDisposeScope();
        var patches = embed.call(picture); // [N,C,h,w] as a channels-last view of the tokens
        long n = patches.shape[0], c = patches.shape[1], h = patches.shape[2], w = patches.shape[3];
        var tokens = patches.permute(0, 2, 3, 1).reshape(n, h * w, c); // [N,h*w,C]
        foreach (var block in blocks)
            tokens = block.call(tokens, h, w);
        return norm.call(tokens).view(n, h, w, c).permute(0, 3, 1, 2).MoveToOuterDisposeScope(); // [N,C,h,w]
    }

    private static ModuleList<Block> Stage(PvtSize size, int stage, double dropPath)
    {
        long heads = new long[] { 1, 2, 5, 8 }[stage], reduction = new long[] { 8, 4, 2, 1 }[stage];
        int before = size.Depths.Take(stage).Sum(), all = size.Depths.Sum();
        return new ModuleList<Block>([.. Enumerable.Range(before, size.Depths[stage])
            .Select(b => new Block(size.Channels[stage], heads, size.MlpRatios[stage], reduction, dropPath * b / (all - 1)))]);
    }

    private void Initialise()
    {
        foreach (var module in modules())
        {
            if (module is Linear linear)
            {
                Initialisation.TruncatedNormal(linear.weight);
                nn.init.zeros_(linear.bias!);
            }
            else if (module is Conv2d conv)
            {
                var fanOut = conv.weight.shape[2] * conv.weight.shape[3] * conv.weight.shape[0] / conv.groups;
                nn.init.normal_(conv.weight, 0, Math.Sqrt(2.0 / fanOut));
                nn.init.zeros_(conv.bias!);
            }
        }
    }

    // The token sequence as a picture: a view with the channels last.
    private static Tensor AsPicture(Tensor tokens, long h, long w) =>
        tokens.view(tokens.shape[0], h, w, tokens.shape[2]).permute(0, 3, 1, 2); // [N,h*w,C] -> [N,C,h,w]

    private static Tensor AsTokens(Tensor picture) =>
        // [N,C,h,w] -> [N,h*w,C]
        picture.permute(0, 2, 3, 1).reshape(picture.shape[0], picture.shape[2] * picture.shape[3], picture.shape[1]);

    private sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d proj;
        private readonly LayerNorm norm;

        public PatchEmbedding(long input, long output, long kernel, long stride) : base(nameof(PatchEmbedding))
        {
            proj = nn.Conv2d(input, output, kernel, stride: stride, padding: kernel / 2);
            norm = nn.LayerNorm(output);
            RegisterComponents();
        }

        public override Tensor forward(Tensor picture)
        {
            using var scope = NewDisposeScope();
            return norm.call(proj.call(picture).permute(0, 2, 3, 1)).permute(0, 3, 1, 2).MoveToOuterDisposeScope(); // [N,C,h,w]
        }
    }

    private sealed class Block : nn.Module<Tensor, long, long, Tensor>
    {
        private readonly LayerNorm norm1, norm2;
        private readonly Attention attn;
        private readonly Mlp mlp;
        private readonly StochasticDepth depth;

        public Block(long channels, long heads, long mlpRatio, long reduction, double dropPath) : base(nameof(Block))
        {
            depth = new StochasticDepth(dropPath);
            norm1 = nn.LayerNorm(channels, BlockEps);
            attn = new Attention(channels, heads, reduction);
            norm2 = nn.LayerNorm(channels, BlockEps);
            mlp = new Mlp(channels, channels * mlpRatio);
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens, long h, long w)
        {
            using var scope = NewDisposeScope();
            // Each branch is recomputed but for its last linear layer.
            tokens = tokens + depth.call(Checkpoint.Run([norm1, attn], x => attn.call(norm1.call(x), h, w), tokens, attn.Last));
            tokens = tokens + depth.call(Checkpoint.Run([norm2, mlp], x => mlp.call(norm2.call(x), h, w), tokens, mlp.Last));
            return tokens.MoveToOuterDisposeScope(); // [N,h*w,C]
        }
    }

    // Wide linear layers are given rows: of three dimensions TorchSharp's adds the bias apart from the product (docs/torchsharp.md).
    private sealed class Attention : nn.Module<Tensor, long, long, Tensor>
    {
        private readonly long heads;
        private readonly Linear q, kv, proj;
        private readonly Conv2d? sr;
        private readonly LayerNorm? norm;

        public Attention(long channels, long heads, long reduction) : base(nameof(Attention))
        {
            this.heads = heads;
            q = nn.Linear(channels, channels);
            kv = nn.Linear(channels, 2 * channels);
            proj = nn.Linear(channels, channels);
            if (reduction > 1)
            {
                sr = nn.Conv2d(channels, channels, reduction, stride: reduction);
                norm = nn.LayerNorm(channels);
            }

            RegisterComponents();
        }

        public Linear Last => proj;

        public override Tensor forward(Tensor tokens, long h, long w)
        {
            using var scope = NewDisposeScope();
            long n = tokens.shape[0], m = tokens.shape[1], c = tokens.shape[2];
            var source = sr is null ? tokens : norm!.call(PatchProduct.Run(sr, tokens, h, w)); // [N,m/R²,C]
            var queries = Heads(q.call(tokens.flatten(0, 1))); // [N,heads,m,d]
            var both = kv.call(source.flatten(0, 1)).chunk(2, -1); // 2 x [N·m/R²,C]
            var mixed = DotProductAttention.Compute(queries, Heads(both[0]), Heads(both[1])); // [N,heads,m,d]
            return proj.call(mixed.transpose(1, 2).reshape(n, m, c)).MoveToOuterDisposeScope(); // [N,m,C]

            Tensor Heads(Tensor rows) => rows.view(n, -1, heads, c / heads).transpose(1, 2); // [N·…,C] -> [N,heads,…,d]
        }
    }

    private sealed class Mlp : nn.Module<Tensor, long, long, Tensor>
    {
        private readonly Linear fc1, fc2;
        private readonly DepthwiseConv dwconv;

        public Mlp(long channels, long hidden) : base(nameof(Mlp))
        {
            fc1 = nn.Linear(channels, hidden);
            dwconv = new DepthwiseConv(hidden);
            fc2 = nn.Linear(hidden, channels);
            RegisterComponents();
        }

        public Linear Last => fc2;

        public override Tensor forward(Tensor tokens, long h, long w)
        {
            using var scope = NewDisposeScope();
            var x = fc1.call(tokens.flatten(0, 1)).view(tokens.shape[0], h * w, -1); // [N,m,C] -> [N,m,hidden]
            x = F.gelu(AsTokens(dwconv.call(AsPicture(x, h, w))));
            return fc2.call(x).MoveToOuterDisposeScope(); // -> [N,m,C]
        }
    }

    private sealed class DepthwiseConv : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d dwconv;

        public DepthwiseConv(long channels) : base(nameof(DepthwiseConv))
        {
            dwconv = nn.Conv2d(channels, channels, 3, padding: 1, groups: channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => dwconv.call(x);
    }
}
