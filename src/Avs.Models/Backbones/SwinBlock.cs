using Avs.Models.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The block of Z. Liu et al., "Swin Transformer", ICCV 2021, section 3.2: attention inside windows of k x k tokens with a learned bias for
// every relative position, eq. (4): softmax(Q Kᵀ/√d + B) V.

namespace Avs.Models.Backbones;

/// <summary>One Swin block on a map of tokens [N,h,w,C].</summary>
internal sealed class SwinBlock : nn.Module<Tensor, Tensor>
{
    private readonly long window, shift;
    private readonly StochasticDepth depth;
    private readonly LayerNorm norm1, norm2;
    private readonly WindowAttention attn;
    private readonly TwoLayers mlp;

    /// <param name="channels">C.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="window">Side of a window.</param>
    /// <param name="shifted">Whether the windows stand half a side further down and right.</param>
    /// <param name="dropPath">Probability with which a branch is left out of a sample in training.</param>
    public SwinBlock(long channels, long heads, long window, bool shifted, double dropPath) : base(nameof(SwinBlock))
    {
        this.window = window;
        depth = new StochasticDepth(dropPath);
        shift = shifted ? window / 2 : 0;
        norm1 = nn.LayerNorm(channels);
        attn = new WindowAttention(channels, heads, window);
        norm2 = nn.LayerNorm(channels);
        mlp = new TwoLayers(channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        x = x + depth.call(Attended(norm1.call(x)));
        x = x + depth.call(mlp.call(norm2.call(x)));
        return x.MoveToOuterDisposeScope(); // [N,h,w,C]
    }

    /// <summary>A map with zeros after its end, so that both sides are multiples of a number.</summary>
    public static Tensor PaddedTo(Tensor x, long unit)
    {
        long down = (unit - x.shape[1] % unit) % unit, right = (unit - x.shape[2] % unit) % unit;
        return down == 0 && right == 0 ? x : F.pad(x, [0, 0, 0, right, 0, down]);
    }

    // [N,h,w,C] -> [N,h,w,C]
    private Tensor Attended(Tensor x)
    {
        long n = x.shape[0], h = x.shape[1], w = x.shape[2], c = x.shape[3];
        x = PaddedTo(x, window);
        long rows = x.shape[1], columns = x.shape[2], down = rows / window, right = columns / window;
        // A map that one window covers has nothing to shift to.
        var move = rows <= window && columns <= window ? 0 : shift;
        if (move > 0)
            x = x.roll([-move, -move], [1, 2]);

        // [N,windows,k²,C]
        var windows = x.view(n, down, window, right, window, c).permute(0, 1, 3, 2, 4, 5).reshape(n, down * right, window * window, c);
        windows = attn.call(windows, move > 0 ? Regions(rows, columns, move, x.device) : null);
        x = windows.view(n, down, right, window, window, c).permute(0, 1, 3, 2, 4, 5).reshape(n, rows, columns, c);

        if (move > 0)
            x = x.roll([move, move], [1, 2]);
        return rows == h && columns == w ? x : x.narrow(1, 0, h).narrow(2, 0, w);
    }

    // After the roll a window at the end holds tokens from both ends of the picture, which must not see each other: the number of the part
    // of the picture that every token comes from, [windows,k²].
    private Tensor Regions(long rows, long columns, long move, Device device)
    {
        Tensor Along(long length)
        {
            var place = arange(length, device: device);
            return (place >= length - window).to(ScalarType.Int64) + (place >= length - move).to(ScalarType.Int64);
        }

        var map = Along(rows).unsqueeze(1) * 3 + Along(columns); // [rows,columns]
        return map.view(rows / window, window, columns / window, window).permute(0, 2, 1, 3).reshape(-1, window * window);
    }

    private sealed class WindowAttention : nn.Module<Tensor, Tensor?, Tensor>
    {
        // What the authors' code adds to the score of a pair that must not see each other.
        private const double Unseen = -100;

        private readonly long heads;
        private readonly Parameter relative_position_bias_table;
        private readonly Tensor relative_position_index;
        private readonly Linear qkv, proj;

        public WindowAttention(long channels, long heads, long window) : base(nameof(WindowAttention))
        {
            this.heads = heads;
            var span = 2 * window - 1;
            relative_position_bias_table = nn.Parameter(zeros([span * span, heads]));
            Initialisation.TruncatedNormal(relative_position_bias_table);
            relative_position_index = RelativePositions(window);
            qkv = nn.Linear(channels, 3 * channels);
            proj = nn.Linear(channels, channels);
            RegisterComponents();
        }

        // The row of the table for every pair of tokens [k²,k²]: (rows between them, columns between them), both counted from 0.
        private static Tensor RelativePositions(long window)
        {
            using var scope = NewDisposeScope();
            var side = arange(window);
            Tensor row = side.repeat_interleave(window), column = side.repeat(window);
            var index = (row.unsqueeze(1) - row + (window - 1)) * (2 * window - 1) + (column.unsqueeze(1) - column + (window - 1));
            return index.MoveToOuterDisposeScope();
        }

        // windows [N,windows,k²,C]; regions [windows,k²] or null
        public override Tensor forward(Tensor windows, Tensor? regions)
        {
            using var scope = NewDisposeScope();
            long n = windows.shape[0], count = windows.shape[1], tokens = windows.shape[2], c = windows.shape[3];
            // [3,N,windows,heads,k²,d]
            var parts = qkv.call(windows.flatten(0, 2)).view(n, count, tokens, 3, heads, c / heads).permute(3, 0, 1, 4, 2, 5);
            var bias = relative_position_bias_table.index_select(0, relative_position_index.flatten())
                .view(tokens, tokens, heads).permute(2, 0, 1); // [heads,k²,k²]
            if (regions is not null)
            {
                var apart = (regions.unsqueeze(1) != regions.unsqueeze(2)).to(bias.dtype) * Unseen; // [windows,k²,k²]
                bias = bias + apart.unsqueeze(1); // [windows,heads,k²,k²]
            }

            // [N,windows,heads,k²,d]
            var mixed = DotProductAttention.Compute(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2), bias);
            return proj.call(mixed.transpose(2, 3).reshape(-1, c)).view_as(windows).MoveToOuterDisposeScope();
        }
    }

    private sealed class TwoLayers : nn.Module<Tensor, Tensor>
    {
        private readonly Linear fc1, fc2;

        public TwoLayers(long channels) : base(nameof(TwoLayers))
        {
            fc1 = nn.Linear(channels, 4 * channels);
            fc2 = nn.Linear(4 * channels, channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            return fc2.call(F.gelu(fc1.call(x.flatten(0, -2)))).view_as(x).MoveToOuterDisposeScope();
        }
    }
}
