using TorchSharp.Modules;
using static TorchSharp.torch;
using Layer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Avs.Models.Memory;

/// <summary>
/// The last convolutions of a network, with something cheap before each, y = convₙ fₙ … conv₁ f₁ x, one frame at a time: of a batch there
/// are only x and what the convolutions give, and gradients pass through them frame by frame. So no fₖ, such as an enlarged map, is ever
/// there whole, nor is any gradient between x and y.
/// </summary>
internal static class ChunkedConvHead
{
    // In backward no more of an fₖ is there at once, unless it has fewer channels than are worth taking together.
    private const long FloatsAtOnce = 1 << 21, ChannelsTogether = 32;

    /// <summary>layersₙ … layers₂ layers₁ x.</summary>
    /// <param name="x">[N,C,H,W].</param>
    /// <param name="layers">
    /// Convolutions that keep the size, without dilation or groups, the last layer among them, and before each layers that treat every
    /// frame and every channel by itself, do not change their input and learn nothing. A Sequential counts as its layers.
    /// </param>
    /// <returns>[N,Co,H',W'], Co that of the last convolution.</returns>
    public static Tensor Run(Tensor x, params Layer[] layers)
    {
        List<Step> steps = [];
        List<Layer> before = [];
        foreach (var layer in Layers.Flat(layers))
        {
            if (layer is Conv2d convolution)
            {
                steps.Add(new Step([.. before], convolution));
                before.Clear();
            }
            else
            {
                before.Add(layer);
            }
        }
        if (before.Count > 0)
            throw new ArgumentException("the last layer is not a convolution", nameof(layers));
        // Gradients frame by frame need what comes before each convolution again.
        return is_grad_enabled() && !Recomputation.IsOn
            ? steps.Aggregate(x, (y, step) => step.Run(y))
            : Function.Run(x, [.. steps]);
    }

    // conv(f(x)).
    private sealed record Step(Layer[] Layers, Conv2d Convolution)
    {
        public Tensor Before(Tensor x) => Layers.Aggregate(x, (y, layer) => layer.call(y));

        public Tensor Run(Tensor x)
        {
            using var scope = NewDisposeScope();
            return Convolution.call(Before(x)).MoveToOuterDisposeScope();
        }
    }

    private sealed class Function : ReleasingFunction<Function, Step[]>
    {
        public override string Name => nameof(ChunkedConvHead);

        public static Tensor Run(Tensor x, Step[] steps) =>
            Apply(steps, [x, .. steps.SelectMany(step => new[] { step.Convolution.weight, step.Convolution.bias })]);

        // Kept: what each step was given; a weight and a bias of each.
        protected override Tensor Forward(Step[] steps, Tensor?[] given, List<Tensor?>? kept)
        {
            var x = given[0]!;
            var maps = new Tensor?[steps.Length]; // what convolutions give, [N,…]; only the last where there is no backward
            for (var frame = 0L; frame < x.shape[0]; frame++)
            {
                using var inner = NewDisposeScope();
                var y = x.narrow(0, frame, 1);
                foreach (var (k, step) in steps.Index())
                {
                    y = step.Run(y);
                    if (k < maps.Length - 1 && kept is null)
                        continue;
                    maps[k] ??= empty([x.shape[0], .. y.shape[1..]], dtype: y.dtype, device: y.device).MoveToOuterDisposeScope();
                    maps[k]!.narrow(0, frame, 1).copy_(y);
                }
            }
            kept?.AddRange([x, .. maps[..^1], .. given[1..]]);
            return maps[^1]!;
        }

        protected override Tensor?[] Backward(Step[] steps, Kept kept, Tensor gradient)
        {
            Tensor?[] all = [.. Enumerable.Range(0, kept.Count).Select(i => kept[i])];
            Tensor[] inputs = [.. all[..steps.Length].Select(map => map!)];
            var learned = all[steps.Length..];
            var ofX = kept.Learns(0) ? empty_like(inputs[0]) : null;
            Tensor?[] ofLearned = [.. learned.Select(tensor => tensor is { requires_grad: true } ? zeros_like(tensor) : null)];
            for (var frame = 0L; frame < gradient.shape[0]; frame++)
            {
                using var scope = NewDisposeScope();
                var g = gradient.narrow(0, frame, 1);
                for (var k = steps.Length - 1; k >= 0; k--)
                {
                    ofLearned[2 * k + 1]?.add_(g.sum([0, 2, 3]));
                    using var ofResult = g;
                    g = Back(steps[k], inputs[k].narrow(0, frame, 1), learned[2 * k]!, ofResult, ofLearned[2 * k]);
                }
                ofX?.narrow(0, frame, 1).copy_(g);
            }
            return [ofX, .. ofLearned];
        }
    }

    // From the gradient of conv(f(x)) to that of x, by channels: the gradient by one needs no other. That of the weight is added to
    // `ofWeight`.
    private static Tensor Back(Step step, Tensor x, Tensor weight, Tensor gradient, Tensor? ofWeight)
    {
        var layer = AffineLayer.From(step.Convolution);
        var ofX = empty_like(x);
        long channels = x.shape[1], places = gradient.shape[2] * gradient.shape[3];
        var together = Math.Max(ChannelsTogether, FloatsAtOnce / places / ChannelsTogether * ChannelsTogether);
        for (var channel = 0L; channel < channels; channel += together)
        {
            using var scope = NewDisposeScope();
            Tensor Part(Tensor of) => of.narrow(1, channel, Math.Min(together, channels - channel)).detach();
            Tensor part, before;
            using (enable_grad())
            {
                part = Part(x).requires_grad_();
                before = step.Before(part);
            }
            var (ofBefore, ofTaps) = layer.Gradients(Part(weight).requires_grad_(weight.requires_grad), before.detach(), gradient);
            Part(ofX).copy_(autograd.grad([before], [part], [ofBefore])[0]);
            if (ofTaps is not null)
                Part(ofWeight!).add_(ofTaps);
        }
        return ofX;
    }
}
