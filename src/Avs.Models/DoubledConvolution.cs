using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// A 3x3 convolution of a map enlarged 2x2 by repetition is four 2x2 convolutions of the small map, one for each place (p, q) inside a
// doubled pixel, because repeated pixels share their factors:
//
//   p = 0 sees small rows i-1, i, i    -> taps  w₀, w₁+w₂          p = 1 sees small rows i, i, i+1    -> taps  w₀+w₁, w₂
//
// and likewise along the columns: 16 products a pixel instead of 36, and the large map is never made.

namespace Avs.Models;

/// <summary>A 3x3 convolution after a 2x2 nearest-neighbour enlargement, computed on the small map.</summary>
public static class DoubledConvolution
{
    /// <summary>conv(↑x) of a convolution with a 3x3 kernel, stride 1 and padding 1.</summary>
    /// <param name="convolution">The convolution, [Co,Ci,3,3].</param>
    /// <param name="x">The small map [N,Ci,h,w].</param>
    /// <returns>[N,Co,2h,2w], channels-last.</returns>
    public static Tensor OfEnlarged(Conv2d convolution, Tensor x)
    {
        using var scope = NewDisposeScope();
        long n = x.shape[0], h = x.shape[2], w = x.shape[3], outputs = convolution.weight.shape[0], inputs = convolution.weight.shape[1];

        var rows = Halves(convolution.weight, 2); // [2,Co,Ci,2,3]: p first
        var taps = Halves(rows, 4); // [2,2,Co,Ci,2,2]: q, p
        var bias = convolution.bias?.repeat(4);
        var all = F.conv2d(x, taps.reshape(4 * outputs, inputs, 2, 2), bias, padding: [1, 1]); // [N,4Co,h+1,w+1]
        var places = all.permute(0, 2, 3, 1).reshape(n, h + 1, w + 1, 4, outputs); // a view of a channels-last map

        // Place (p, q) of doubled pixel (i, j) stands at (i+p, j+q).
        Tensor Place(int p, int q) => places.narrow(1, p, h).narrow(2, q, w).select(3, 2 * q + p); // [N,h,w,Co]
        Tensor Row(int p) => stack([Place(p, 0), Place(p, 1)], 3); // [N,h,w,2,Co]
        return stack([Row(0), Row(1)], 2) // [N,h,2,w,2,Co]
            .reshape(n, 2 * h, 2 * w, outputs).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    // The three taps along `axis` as seen from either half of a doubled pixel.
    private static Tensor Halves(Tensor weight, int axis)
    {
        Tensor first = weight.narrow(axis, 0, 1), middle = weight.narrow(axis, 1, 1), last = weight.narrow(axis, 2, 1);
        return stack([cat([first, middle + last], axis), cat([first + middle, last], axis)], 0);
    }
}
