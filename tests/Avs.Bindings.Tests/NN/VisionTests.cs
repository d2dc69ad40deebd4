using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.NN;

/// <summary>Resizing, padding and sampling give the numbers of PyTorch 1.13.</summary>
public sealed class VisionTests
{
    [Fact]
    public void Nearest()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.interpolate(x, [9, 4]), 288, [0.0, 0.3616154, 0.8956987, 0.9958808], 0.7567371, 144.35856);
    }

    [Fact]
    public void Bilinear()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.interpolate(x, [9, 4], mode: InterpolationMode.Bilinear, align_corners: false), 288, [0.09040386, 0.5961198, 0.9207442, 0.9699267], 0.21029618, 75.064624);
    }

    [Fact]
    public void Bilinear_with_aligned_corners()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.interpolate(x, [9, 4], mode: InterpolationMode.Bilinear, align_corners: true), 288, [0.0, 0.5700637, 0.9290927, 0.9612752], 0.17647018, 75.474365);
    }

    [Fact]
    public void Bicubic()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.interpolate(x, [9, 4], mode: InterpolationMode.Bicubic), 288, [0.01225896, 0.6193007, 1.050356, 1.122289], 0.19000941, 115.99108);
    }

    [Fact]
    public void Bicubic_with_aligned_corners()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.interpolate(x, [9, 4], mode: InterpolationMode.Bicubic, align_corners: true), 288, [0.0, 0.5713425, 0.9537613, 0.9612751], 0.012326668, 109.74119);
    }

    [Fact]
    public void Area()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.interpolate(x, [9, 4], mode: InterpolationMode.Area), 288, [0.1808077, 0.5179517, 0.9457898, 0.978578], 0.21403156, 102.09295);
    }

    [Fact]
    public void Nearest_exact()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.interpolate(x, [9, 4], mode: InterpolationMode.NearestExact), 288, [0.0, 0.6742879, 0.8956987, 0.9612752], -0.22331289, 144.1725);
    }

    [Fact]
    public void Bilinear_by_a_factor()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.interpolate(x, scale_factor: [1.5, 1.5], mode: InterpolationMode.Bilinear, align_corners: false), 648, [0.0, 0.1808077, 0.4137275, 0.6221759], 0.47596707, 169.89321);
    }

    [Fact]
    public void Bilinear_by_the_factor_of_the_rounded_size()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.interpolate(x, scale_factor: [1.3], mode: InterpolationMode.Bilinear, align_corners: false, recompute_scale_factor: true), 392, [0.0, 0.2841264, 0.5626192, 0.7849933], 0.34400106, 100.13864);
    }

    [Fact]
    public void Bilinear_without_aliasing()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.interpolate(x, [3, 3], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true), 72, [0.2232024, 0.215867, 0.1234802, -0.03851739], 0.002589012, 1.3663489);
    }

    [Fact]
    public void Upsample_layer_doubles()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Assert.Equal([2, 4, 12, 12], nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bilinear, align_corners: true).call(x).shape);
    }

    [Fact]
    public void Circular_padding()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.pad(x, [1, 2, 2, 1], PaddingModes.Circular), 648, [-0.964942, 0.5182281, 0.1738895, -0.1939843], 1.2421463, 324.56406);
    }

    [Fact]
    public void Replicated_padding()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.pad(x, [1, 2, 2, 1], PaddingModes.Replicate), 648, [0.0, 0.0, 0.3616154, 0.6742879], -0.34834093, 324.36573);
    }

    [Fact]
    public void Constant_padding_and_cropping()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.pad(x, (1, -1, 2, 1), PaddingModes.Constant, 0.5), 432, [0.5, 0.5, 0.5, 0.5], 96.292924, 168.22872);
    }

    [Fact]
    public void Sampling_on_an_affine_grid()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var grid = F.affine_grid(from_array(new float[,] { { 0.9f, 0.1f, 0.05f }, { -0.1f, 0.8f, -0.1f } }).repeat(2, 1, 1), [2, 4, 3, 3]);
        Golden.Matches(F.grid_sample(x, grid, align_corners: false), 72, [0.5425513, 0.3185964, 0.3533203, -0.3412127], -0.2280669, 17.055374);
        Golden.Matches(F.grid_sample(x, grid * 1.5, padding_mode: GridSamplePaddingMode.Border, align_corners: true), 72, [0.3219271, 0.6772164, 0.9720895, -0.4216716], 0.29426549, 19.592151);
    }

    [Fact]
    public void Unfold()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.unfold(x, 3, 1, 1, 2), 648, [0.0, 0.0, 0.0, 0.0], -2.4440361, 256.76294);
    }

    [Fact]
    public void Fold_undoes_unfold_without_overlap()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.fold(F.unfold(x, 2, 1, 0, 2), 6, 2, 1, 0, 2), 288, [0.0, 0.3616154, 0.6742879, 0.8956987], 0.21154107, 144.28209);
    }

    [Fact]
    public void Pixel_shuffle()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.PixelShuffle(2).call(x), 288, [0.0, 0.6842896, 0.3616154, 0.901676], 0.21154107, 144.28209);
    }

    [Fact]
    public void One_hot()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, 0, 1, 0, 1, 0, 0, 0], Golden.Values(F.one_hot(tensor(new long[] { 2, 0 }), 4)));
    }

    [Fact]
    public void Attention_by_the_formula()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var query = x.reshape(2, 4, 9, 4).narrow(2, 0, 5);
        var key = x.cos().reshape(2, 4, 9, 4);
        Golden.Matches(F.scaled_dot_product_attention(query, key, key), 160, [0.7883588, 0.8052062, 0.7972299, 0.7721263], 122.36662, 93.683777);
    }

    [Fact]
    public void Causal_attention_of_the_first_row_is_its_own_value()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var rows = x.reshape(2, 4, 9, 4);
        var result = F.scaled_dot_product_attention(rows, rows, rows, is_casual: true);
        Assert.True(result.select(2, 0).allclose(rows.select(2, 0)));
    }

    [Fact]
    public void Dropout_scales_what_it_keeps_and_rests_in_evaluation()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Dropout(0.25);
        var kept = layer.call(ones(1000));
        Assert.All(Golden.Values(kept), value => Assert.True(value is 0 || Math.Abs(value - (4.0 / 3)) < 1e-6));
        layer.eval();
        Assert.Equal(1000, layer.call(ones(1000)).sum().item<float>());
    }
}
