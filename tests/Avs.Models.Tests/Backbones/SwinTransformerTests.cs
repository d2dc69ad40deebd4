using Avs.Models.Backbones;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.Backbones;

public class SwinTransformerTests
{
    private const int Channels = 8, Heads = 2, Window = 3;

    private static readonly SwinSize Tiny = new(Channels, [2, 1, 1, 1], [Heads, 2, 2, 2], Window);

    // 20 x 28 pixels: a map of 5 x 7 tokens, which windows of 3 do not divide.
    [Theory]
    [InlineData(20, 28)]
    [InlineData(24, 36)]
    public void First_stage_is_what_the_plain_formula_says(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Filled();
        var images = Given.Uniform(1, -1, 1, 2, 3, height, width);
        var level = network.call(images)[0].permute(0, 2, 3, 1); // [N,h,w,C]

        var state = network.state_dict();
        var x = F.layer_norm(
            F.conv2d(images, state["patch_embed.proj.weight"], state["patch_embed.proj.bias"], [4, 4]).permute(0, 2, 3, 1), [Channels],
            state["patch_embed.norm.weight"], state["patch_embed.norm.bias"]);
        x = PlainBlock(x, state, "layers.0.blocks.0.", 0);
        x = PlainBlock(x, state, "layers.0.blocks.1.", Window / 2);
        Assert.True(Given.Distance(level, x) < 1e-5);
    }

    [Fact]
    public void Merging_puts_the_four_tokens_of_a_square_side_by_side_down_first()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        // Stage inputs: level 2 is level 1 through the blocks of stage 1 and the merging. Without depth nothing but the merging is left.
        using var network = Filled(new SwinSize(Channels, [0, 1, 1, 1], [2, 2, 2, 2], Window), SwinLevels.StageInputs);
        var levels = network.call(Given.Uniform(1, -1, 1, 1, 3, 20, 24)); // 5 x 6 tokens, one row of zeros to come
        var (state, tokens) = (network.state_dict(), F.pad(levels[0], [0, 0, 0, 1]));
        foreach (var (row, column) in ((int, int)[])[(0, 0), (1, 2), (2, 1)])
        {
            var four = cat([Token(2 * row, 2 * column), Token(2 * row + 1, 2 * column), Token(2 * row, 2 * column + 1),
                Token(2 * row + 1, 2 * column + 1)]);
            var expected = F.linear(
                F.layer_norm(four, [4 * Channels], state["layers.0.downsample.norm.weight"], state["layers.0.downsample.norm.bias"]),
                state["layers.0.downsample.reduction.weight"]);
            Assert.True(Given.Distance(levels[1][0, TensorIndex.Colon, row, column], expected) < 1e-5);
        }

        Tensor Token(int r, int c) => tokens[0, TensorIndex.Colon, r, c];
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Entries_have_the_authors_names()
    {
        using var network = new SwinTransformer(SwinTransformer.B, 0);
        var state = network.state_dict();
        Assert.Equal([169L, 4L], state["layers.0.blocks.0.attn.relative_position_bias_table"].shape);
        Assert.Equal([49L, 49L], state["layers.2.blocks.17.attn.relative_position_index"].shape);
        Assert.Equal([3072L, 1024L], state["layers.3.blocks.1.attn.qkv.weight"].shape);
        Assert.Equal([1024L, 2048L], state["layers.2.downsample.reduction.weight"].shape);
        Assert.Equal([128L, 3L, 4L, 4L], state["patch_embed.proj.weight"].shape);
        Assert.Equal(ScalarType.Int64, state["layers.2.blocks.17.attn.relative_position_index"].dtype);
        // The published table of positions: its corners are the largest differences.
        Assert.Equal([84L, 0L, 168L],
            new[] { (0, 0), (0, 48),
            (48, 0) }.Select(at => state["layers.0.blocks.0.attn.relative_position_index"][at.Item1, at.Item2].item<long>()));
    }

    [Fact]
    public void Release_levels_are_what_enters_each_stage()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var images = Given.Uniform(1, -1, 1, 1, 3, 96, 96);
        using var outputs = Filled();
        using var inputs = Filled(Tiny, SwinLevels.StageInputs);
        Assert.Equal(outputs.call(images).Select(level => level.shape), inputs.call(images).Select(level => level.shape));
        Assert.True(inputs.IsUnused("layers.3.blocks.0.norm1.weight"));
        Assert.False(outputs.IsUnused("layers.3.blocks.0.norm1.weight"));
    }

    private static SwinTransformer Filled(SwinSize? size = null, SwinLevels levels = SwinLevels.StageOutputs) =>
        Given.Filled(new SwinTransformer(size ?? Tiny, 0, levels));

    // A block without rolling or windows: a token sees those of its own cell, where the cells of a shifted block begin `shift` tokens later
    // and the tokens before them make cells of their own. Zeros stand where the padding is.
    private static Tensor PlainBlock(Tensor x, Dictionary<string, Tensor> state, string block, int shift)
    {
        Tensor At(string name) => state[block + name];
        long n = x.shape[0], h = x.shape[1], w = x.shape[2];
        int rows = (int)((h + Window - 1) / Window * Window), columns = (int)((w + Window - 1) / Window * Window), d = Channels / Heads;
        if (rows <= Window && columns <= Window) shift = 0;
        int Cell(int place) => place < shift ? -1 : (place - shift) / Window;

        var normed = F.pad(F.layer_norm(x, [Channels], At("norm1.weight"), At("norm1.bias")), [0, 0, 0, columns - w, 0, rows - h]);
        var qkv = F.linear(normed, At("attn.qkv.weight"), At("attn.qkv.bias")); // [N,rows,columns,3C]
        var attended = zeros_like(x);
        for (var b = 0; b < n; b++)
            for (var r = 0; r < h; r++)
                for (var c = 0; c < w; c++)
                {
                    var seen = (from r2 in Enumerable.Range(0, rows)
                                from c2 in Enumerable.Range(0, columns)
                                where Cell(r2) == Cell(r)
                        && Cell(c2) == Cell(c)
                                select (r2, c2)).ToArray();
                    for (var head = 0; head < Heads; head++)
                    {
                        Tensor Part(int which, int row, int column) => qkv[b, row, column].narrow(0, which * Channels + head * d, d);
                        var scores = stack([.. seen.Select(other => (Part(0, r, c) * Part(1, other.r2, other.c2)).sum() / Math.Sqrt(d)
                            + At("attn.relative_position_bias_table")[(r - other.r2 + Window - 1) * (2 * Window - 1) + c - other.c2
                                + Window - 1, head])]);
                        var values = stack([.. seen.Select(other => Part(2, other.r2, other.c2))]);
                        attended[b, r, c].narrow(0, head * d, d).copy_(F.softmax(scores, 0).unsqueeze(0).matmul(values).squeeze(0));
                    }
                }

        x = x + F.linear(attended, At("attn.proj.weight"), At("attn.proj.bias"));
        var hidden = F.gelu(F.linear(F.layer_norm(x, [Channels], At("norm2.weight"), At("norm2.bias")), At("mlp.fc1.weight"),
            At("mlp.fc1.bias")));
        return x + F.linear(hidden, At("mlp.fc2.weight"), At("mlp.fc2.bias"));
    }
}
