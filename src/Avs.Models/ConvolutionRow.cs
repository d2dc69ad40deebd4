using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models;

/// <summary>
/// A row of convolutions with something cheap before each, y = convₙ fₙ … conv₁ f₁ x, one frame at a time: of a batch there are only x, y, and what
/// convolutions give that would be dear to run again; and gradients pass through the row frame by frame. So no fₖ, such as an enlarged map, is ever there
/// whole, nor is any gradient between x and y.
/// </summary>
public sealed class ConvolutionRow : autograd.SingleTensorFunction<ConvolutionRow>
{
    // In backward no more of an fₖ is there at once, unless it has fewer channels than are worth taking together.
    private const long FloatsAtOnce = 1 << 21, ChannelsTogether = 32;

    /// <summary>conv(f(x)).</summary>
    /// <param name="Before">f, which treats every frame and every channel by itself and learns nothing.</param>
    /// <param name="Convolution">conv, which keeps the size, without dilation or groups.</param>
    /// <param name="Again">Whether it is run again in backward rather than its result remembered.</param>
    public sealed record Step(Func<Tensor, Tensor> Before, Conv2d Convolution, bool Again = false)
    {
        /// <summary>conv(f(x)).</summary>
        public Tensor Run(Tensor x)
        {
            using var scope = NewDisposeScope();
            return Convolution.call(Before(x)).MoveToOuterDisposeScope();
        }
    }

    // What is computed, and whether there will be a backward.
    private sealed record Row(IReadOnlyList<Step> Steps, bool Learns);

    /// <inheritdoc/>
    public override string Name => nameof(ConvolutionRow);

    /// <summary>y.</summary>
    /// <param name="x">[N,C,H,W].</param>
    /// <param name="steps">From x to y.</param>
    /// <returns>[N,Co,H',W'], Co that of the last convolution.</returns>
    public static Tensor Of(Tensor x, params Step[] steps) =>
        apply([new Row(steps, Kept.Wanted([x, .. steps.SelectMany(step => new[] { step.Convolution.weight, step.Convolution.bias! })])), x, .. steps.SelectMany(step => new[] { step.Convolution.weight, step.Convolution.bias! })]);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        var (row, x) = ((Row)vars[0], (Tensor)vars[1]);
        var maps = new Tensor[row.Steps.Count]; // what convolutions give, [N,…]; null where it is not remembered
        for (var frame = 0L; frame < x.shape[0]; frame++)
        {
            using var inner = NewDisposeScope();
            var y = x.narrow(0, frame, 1);
            foreach (var (k, step) in row.Steps.Index())
            {
                y = step.Run(y);
                if (k < maps.Length - 1 && (step.Again || !row.Learns))
                    continue;
                maps[k] ??= empty([x.shape[0], .. y.shape[1..]], dtype: y.dtype, device: y.device).MoveToOuterDisposeScope();
                maps[k].narrow(0, frame, 1).copy_(y);
            }
        }
        foreach (var map in maps)
            map?.MoveToOuterDisposeScope(); // what is saved is taken over after this returns
        ctx.save_data(nameof(Row), row);
        if (row.Learns)
            ctx.save_data(nameof(Kept), new Kept([x, .. maps[..^1], .. vars.Skip(2).Cast<Tensor>()]));
        return maps[^1];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        Returned.Release();
        using var outer = NewDisposeScope();
        using var given = grad_output;
        var steps = ((Row)ctx.get_data(nameof(Row))).Steps;
        using var saved = (Kept)ctx.get_data(nameof(Kept));
        using var autocast = saved.AsInForward();
        Tensor[] all = [.. Enumerable.Range(0, saved.Count).Select(i => saved[i])], maps = all[..steps.Count], learned = all[steps.Count..]; // what each step was given; a weight and a bias of each
        var ofX = saved.Learns(0) ? empty_like(maps[0]) : null;
        Tensor?[] ofLearned = [.. learned.Select(tensor => tensor is { requires_grad: true } ? zeros_like(tensor) : null)];
        for (var frame = 0L; frame < grad_output.shape[0]; frame++)
        {
            using var scope = NewDisposeScope();
            var inputs = new Tensor[steps.Count];
            for (var k = 0; k < steps.Count; k++)
                inputs[k] = maps[k]?.narrow(0, frame, 1) ?? steps[k - 1].Run(inputs[k - 1]);
            var g = grad_output.narrow(0, frame, 1);
            for (var k = steps.Count - 1; k >= 0; k--)
            {
                ofLearned[2 * k + 1]?.add_(g.sum([0, 2, 3]));
                using var ofResult = g;
                g = Back(steps[k], inputs[k], learned[2 * k], ofResult, ofLearned[2 * k]);
            }
            ofX?.narrow(0, frame, 1).copy_(g);
        }
        return Returned.Keep([null!, ofX!, .. ofLearned.Select(one => one!)]);
    }

    // From the gradient of conv(f(x)) to that of x, by channels: the gradient by one needs no other. That of the weight is added to `ofWeight`.
    private static Tensor Back(Step step, Tensor x, Tensor weight, Tensor gradient, Tensor? ofWeight)
    {
        AffineLayer layer = step.Convolution;
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
