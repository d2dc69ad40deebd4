using Avs.Models.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Layer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

// A 3x3 convolution of a map enlarged 2x2 by repetition is four 2x2 convolutions of the small map, one for each place (p, q) inside a
// doubled pixel, because repeated pixels share their factors:
//
//   p = 0 sees small rows i-1, i, i    -> taps  w₀, w₁+w₂          p = 1 sees small rows i, i, i+1    -> taps  w₀+w₁, w₂
//
// and likewise along the columns: 16 products a pixel instead of 36, and the enlarged map is never made. What follows the convolution
// pixel by pixel is done place by place, so that its result need not be made either.

namespace Avs.Models.Memory;

/// <summary>3x3 convolutions after 2x2 nearest-neighbour enlargements, computed on the small maps.</summary>
internal static class UpsampleConv
{
    /// <summary>layersₙ … layers₂ layers₁ x.</summary>
    /// <param name="x">The small map [N,C,h,w].</param>
    /// <param name="layers">
    /// One or more times: a <see cref="NearestUpsample"/>, a convolution with a 3x3 kernel, stride 1 and padding 1, and layers that treat
    /// every pixel alike and by itself (an activation, a 1x1 convolution). A Sequential counts as its layers.
    /// </param>
    public static Tensor Run(Tensor x, params Layer[] layers)
    {
        using var scope = NewDisposeScope();
        Layer[] flat = [.. Layers.Flat(layers)];
        for (int from = 0, to; from < flat.Length; from = to)
        {
            to = Array.FindIndex(flat, from + 1, layer => layer is NearestUpsample) is var next and >= 0 ? next : flat.Length;
            if (flat[from..to] is not [NearestUpsample, Conv2d { weight.shape: [_, _, 3, 3] } convolution, .. var then])
                throw new ArgumentException("expected an enlargement and a 3x3 convolution", nameof(layers));
            x = Enlarged(x, convolution, then);
        }
        return x.MoveToOuterDisposeScope();
    }

    // [N,Ci,h,w] -> [N,Co,2h,2w]
    private static Tensor Enlarged(Tensor x, Conv2d convolution, Layer[] then)
    {
        long h = x.shape[2], w = x.shape[3];
        var rows = Halves(convolution.weight, 2); // 2 x [Co,Ci,2,3]

        // Place (p, q) of doubled pixel (i, j) stands at (i+p, j+q) of a map of one row and column more.
        Tensor Place(int p, int q)
        {
            var all = F.conv2d(x, Halves(rows[p], 3)[q], convolution.bias, padding: [1, 1]); // [N,Co,h+1,w+1]
            foreach (var layer in then)
                all = layer.call(all);
            return all.narrow(2, p, h).narrow(3, q, w); // [N,Co,h,w]
        }

        Tensor[] places = [Place(0, 0), Place(0, 1), Place(1, 0), Place(1, 1)];
        return F.pixel_shuffle(stack(places, 2).flatten(1, 2), 2); // 4 x [N,Co,h,w] -> [N,Co·4,h,w] -> [N,Co,2h,2w]
    }

    // The three taps along `axis` as seen from either half of a doubled pixel.
    private static Tensor[] Halves(Tensor weight, int axis)
    {
        Tensor first = weight.narrow(axis, 0, 1), middle = weight.narrow(axis, 1, 1), last = weight.narrow(axis, 2, 1);
        return [cat([first, middle + last], axis), cat([first + middle, last], axis)];
    }
}
