using TorchSharp.Modules;
using static TorchSharp.torch;
using Layer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Avs.Models.Memory;

/// <summary>Runs layers one after another, with less memory or in fewer steps than calling each of them.</summary>
internal static class Layers
{
    // Smaller maps weigh little, and 3x3 convolutions' gradients by way of the adjoint are then slower than autograd's own
    // (see docs/performance.md).
    private const long FewestPlaces = 3000;

    // A convolution of so few channels costs little, like one with a 1x1 kernel.
    private const long FewChannels = 3;

    /// <summary>
    /// layersₙ … layers₂ layers₁ x. In evaluation a convolution and the BatchNorm after it are one convolution while a
    /// <see cref="FoldedNorms"/> lives.
    /// </summary>
    /// <param name="x">[N,C,H,W].</param>
    /// <param name="layers">From x to the result; a Sequential counts as its layers.</param>
    public static Tensor Run(Tensor x, params Layer[] layers)
    {
        using var scope = NewDisposeScope();
        return RunEach(x, [.. Flat(layers)]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The same, of which training remembers only x and what large convolutions give; what lies between them is computed again in backward
    /// (see <see cref="Checkpoint"/>). The first layer, and the first after a large convolution, must not change its input.
    /// </summary>
    /// <param name="x">[N,C,H,W].</param>
    /// <param name="layers">From x to the result; a Sequential counts as its layers.</param>
    public static Tensor Recompute(Tensor x, params Layer[] layers)
    {
        using var scope = NewDisposeScope();
        Layer[] flat = [.. Flat(layers)];
        var places = x.shape[0] * x.shape[2] * x.shape[3];
        if (!is_grad_enabled() || !Recomputation.IsOn || places < FewestPlaces
            || !flat.Any(layer => layer is BatchNorm2d { training: true }))
            return RunEach(x, flat).MoveToOuterDisposeScope();
        for (int from = 0, to; from < flat.Length; from = to)
        {
            var large = Array.FindIndex(flat, from, IsLarge);
            to = large < 0 ? flat.Length : large + 1;
            var stretch = flat[from..to];
            // One layer alone has nothing to forget.
            x = stretch.Length == 1
                ? stretch[0].call(x)
                : Checkpoint.Run(stretch, y => RunEach(y, stretch), x, large < 0 ? null : flat[large]);
        }
        return x.MoveToOuterDisposeScope();
    }

    private static Tensor RunEach(Tensor x, Layer[] layers)
    {
        for (var i = 0; i < layers.Length; i++)
        {
            if (layers[i] is Conv2d convolution && i + 1 < layers.Length && layers[i + 1] is BatchNorm2d norm
                && FoldedNorms.Fold(convolution, norm) is { } folded)
            {
                x = folded.Run(x);
                i++;
            }
            else
            {
                x = layers[i].call(x);
            }
        }
        return x;
    }

    private static bool IsLarge(Layer layer) => layer is Conv2d { weight.shape: [_, > FewChannels, > 1, _] };

    /// <summary>The layers, each Sequential replaced by its own.</summary>
    internal static IEnumerable<Layer> Flat(IEnumerable<Layer> layers) =>
        layers.SelectMany(layer => layer is Sequential row ? Flat(row.children().Cast<Layer>()) : [layer]);
}
