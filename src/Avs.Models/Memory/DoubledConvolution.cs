using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// A 3x3 convolution of a map enlarged 2x2 by repetition is four 2x2 convolutions of the small map, one for each place (p, q) inside a
// doubled pixel, because repeated pixels share their factors:
//
//   p = 0 sees small rows i-1, i, i    -> taps  w₀, w₁+w₂          p = 1 sees small rows i, i, i+1    -> taps  w₀+w₁, w₂
//
// and likewise along the columns: 16 products a pixel instead of 36, and the enlarged map is never made. What follows the convolution
// pixel by pixel can be done place by place, so that its result need not be made either.

namespace Avs.Models.Memory;

/// <summary>A 3x3 convolution after a 2x2 nearest-neighbour enlargement, computed on the small map.</summary>
public static class DoubledConvolution
{
    /// <summary>then(conv(↑x)) of a convolution with a 3x3 kernel, stride 1 and padding 1.</summary>
    /// <param name="convolution">The convolution, [Co,Ci,3,3].</param>
    /// <param name="x">The small map [N,Ci,h,w].</param>
    /// <param name="then">What comes next, if it treats every pixel alike and by itself (an activation, a 1x1 convolution): Co channels to C.</param>
    /// <returns>[N,Co,2h,2w], or [N,C,2h,2w].</returns>
    public static Tensor OfEnlarged(Conv2d convolution, Tensor x, Func<Tensor, Tensor>? then = null)
    {
        using var scope = NewDisposeScope();
        long h = x.shape[2], w = x.shape[3];
        var rows = Halves(convolution.weight, 2); // 2 x [Co,Ci,2,3]

        // Place (p, q) of doubled pixel (i, j) stands at (i+p, j+q) of a map of one row and column more.
        Tensor Place(int p, int q)
        {
            var all = F.conv2d(x, Halves(rows[p], 3)[q], convolution.bias, padding: [1, 1]); // [N,Co,h+1,w+1]
            if (then is not null)
                all = then(all); // [N,C,h+1,w+1]
            return all.narrow(2, p, h).narrow(3, q, w); // [N,C,h,w]
        }

        Tensor[] places = [Place(0, 0), Place(0, 1), Place(1, 0), Place(1, 1)];
        return Interleaved(places).MoveToOuterDisposeScope();
    }

    private static Tensor Interleaved(Tensor[] places) =>
        F.pixel_shuffle(stack(places, 2).flatten(1, 2), 2); // 4 x [N,C,h,w] -> [N,C·4,h,w] -> [N,C,2h,2w]

    // The three taps along `axis` as seen from either half of a doubled pixel.
    private static Tensor[] Halves(Tensor weight, int axis)
    {
        Tensor first = weight.narrow(axis, 0, 1), middle = weight.narrow(axis, 1, 1), last = weight.narrow(axis, 2, 1);
        return [cat([first, middle + last], axis), cat([first + middle, last], axis)];
    }
}
