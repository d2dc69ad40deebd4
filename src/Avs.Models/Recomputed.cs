using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models;

/// <summary>
/// A function that training computes twice, so that between forward and backward it remembers the inputs alone. Used for what is cheap beside a 3x3
/// convolution and has large results: norms, activations, enlargements, 1x1 convolutions. A convolution that comes last is not computed again.
/// </summary>
public sealed class Recomputed : autograd.SingleTensorFunction<Recomputed>
{
    private const long ChannelsAtOnce = 32;

    /// <summary>A function of some tensors.</summary>
    /// <param name="inputs">What it is given.</param>
    /// <param name="again">
    /// Whether this is its second time, when it must give the same again and leave no trace: nothing drawn, running statistics left as they are.
    /// </param>
    public delegate Tensor Function(Tensor[] inputs, bool again);

    // What is computed, and how many of the tensors that come with it are inputs and learned by the function; the last convolution's weight and bias follow.
    private sealed record Plan(Function Function, int Inputs, int Learned, Conv2d? Last = null, bool ByFrame = false)
    {
        public Tensor Run(Tensor[] inputs)
        {
            var result = Function(inputs, false);
            return Last is null ? result : Last.call(result);
        }
    }

    /// <inheritdoc/>
    public override string Name => nameof(Recomputed);

    /// <summary>y = f(x₁, x₂, …).</summary>
    /// <param name="function">f.</param>
    /// <param name="learned">The parameters that f uses.</param>
    /// <param name="inputs">x₁, x₂, ….</param>
    public static Tensor Of(Function function, IReadOnlyList<Parameter> learned, params Tensor[] inputs) =>
        apply([new Plan(function, inputs.Length, learned.Count), .. inputs, .. learned]);

    /// <summary>y = conv(f(x)).</summary>
    /// <param name="last">conv, without dilation or groups.</param>
    /// <param name="function">f.</param>
    /// <param name="learned">The parameters that f uses.</param>
    /// <param name="x">x.</param>
    public static Tensor Before(Conv2d last, Function function, IReadOnlyList<Parameter> learned, Tensor x) =>
        apply([new Plan(function, 1, learned.Count, last), x, .. learned, last.weight, last.bias!]);

    /// <summary>y = conv(f(x)) one frame at a time, so that f(x) is never there whole.</summary>
    /// <param name="last">conv, without dilation or groups.</param>
    /// <param name="function">f, which treats each frame and each channel by itself and learns nothing.</param>
    /// <param name="x">[N,…].</param>
    public static Tensor BeforeByFrame(Conv2d last, Func<Tensor, Tensor> function, Tensor x) =>
        apply([new Plan((inputs, _) => function(inputs[0]), 1, 0, last, true), x, last.weight, last.bias!]);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        var plan = (Plan)vars[0];
        ctx.save_data(nameof(Plan), plan);
        ctx.save_for_backward([.. vars.Skip(1).Cast<Tensor>()]);
        Tensor[] inputs = [.. vars.Skip(1).Take(plan.Inputs).Cast<Tensor>()];
        var result = plan.ByFrame ? Frames(inputs[0].shape[0], i => plan.Run([inputs[0].narrow(0, i, 1)])) : plan.Run(inputs);
        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var plan = (Plan)ctx.get_data(nameof(Plan));
        var saved = ctx.get_saved_variables();
        var x = saved.Take(plan.Inputs).Select(input => (Values: input.detach(), Wanted: input.requires_grad)).ToArray();
        var learned = saved.Skip(plan.Inputs).Take(plan.Learned).ToArray();
        var weight = plan.Last is null ? null : saved[^2];

        List<Tensor> gradients = [null!]; // of the plan itself
        if (plan.ByFrame)
            gradients.AddRange(ByFrame(plan, x[0].Values, x[0].Wanted, weight!, grad_output));
        else
            gradients.AddRange(Gradients(plan, [.. x.Select(input => input.Values.requires_grad_(input.Wanted))], learned, weight, grad_output)!);

        if (plan.Last is not null)
            gradients.Add(saved[^1] is { requires_grad: true } ? grad_output.sum([0, 2, 3]) : null!);
        return gradients;
    }

    // Of the inputs, of what the function learns, and of the convolution's weight where there is one; null where none is wanted.
    private static Tensor?[] Gradients(Plan plan, Tensor[] inputs, Tensor[] learned, Tensor? weight, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Tensor[] all = [.. inputs, .. learned], wanted = [.. all.Where(tensor => tensor.requires_grad)];
        Tensor result;
        using (enable_grad())
            result = plan.Function(inputs, true);
        var (ofResult, ofWeight) = weight is null ? (gradient, null) : ConvolutionGradients.Of(plan.Last!, weight, result.detach(), gradient);
        var found = wanted.Length > 0 ? autograd.grad([result], wanted, [ofResult], false, false, true) : [];
        var next = found.GetEnumerator();
        var byTensor = all.Select(tensor => tensor.requires_grad && next.MoveNext() ? next.Current : null).ToArray();
        Tensor?[] gradients = weight is null ? byTensor : [.. byTensor, ofWeight];
        foreach (var one in gradients)
            one?.MoveToOuterDisposeScope();
        return gradients;
    }

    // Of x and of the weight, by frames and some of their channels: the gradient by a channel needs no other channel.
    private static Tensor[] ByFrame(Plan plan, Tensor x, bool wanted, Tensor weight, Tensor gradient)
    {
        Tensor ofX = empty_like(x), ofWeight = zeros_like(weight);
        for (var frame = 0L; frame < x.shape[0]; frame++)
        {
            for (var channel = 0L; channel < x.shape[1]; channel += ChannelsAtOnce)
            {
                using var scope = NewDisposeScope();
                var count = Math.Min(ChannelsAtOnce, x.shape[1] - channel);
                Tensor Part(Tensor of, bool wanted) => of.detach().narrow(1, channel, count).requires_grad_(wanted);
                var found = Gradients(plan, [Part(x.narrow(0, frame, 1), wanted)], [], Part(weight, weight.requires_grad), gradient.narrow(0, frame, 1));
                if (found[0] is { } ofPart)
                    ofX.narrow(0, frame, 1).narrow(1, channel, count).copy_(ofPart);
                if (found[1] is { } ofTaps)
                    ofWeight.narrow(1, channel, count).add_(ofTaps);
            }
        }
        return [wanted ? ofX : null!, weight.requires_grad ? ofWeight : null!];
    }

    // What is computed frame by frame, in one tensor.
    private static Tensor Frames(long count, Func<long, Tensor> frame)
    {
        Tensor? all = null;
        for (var i = 0L; i < count; i++)
        {
            using var scope = NewDisposeScope();
            var one = frame(i);
            all ??= empty([count, .. one.shape[1..]], dtype: one.dtype, device: one.device).MoveToOuterDisposeScope();
            all.narrow(0, i, 1).copy_(one);
        }
        return all!;
    }
}
