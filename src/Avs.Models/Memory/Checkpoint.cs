using static TorchSharp.torch;

namespace Avs.Models.Memory;

/// <summary>
/// Activation recomputation, as torch.utils.checkpoint has it: between forward and backward training remembers what a function is given,
/// and backward computes the rest again. For what is cheap beside the products of a network and has large results: norms, activations,
/// attention, 1x1 convolutions.
/// </summary>
/// <remarks>
/// A function ends most often in a layer that is not cheap. Named as <c>last</c>, it is not run again: backward stops in front of it, as
/// torch.utils.checkpoint does by its early stop, and has the gradients from <see cref="AffineLayer"/>.
/// <para>
/// Running statistics are put back after the second time. The function may draw nothing at random, which would be drawn again, and may not
/// change its inputs.
/// </para>
/// </remarks>
internal static class Checkpoint
{
    /// <summary>y = f(x).</summary>
    /// <param name="modules">The modules that f calls; null is none.</param>
    /// <param name="function">f.</param>
    /// <param name="x">x.</param>
    /// <param name="last">The linear layer, or convolution without dilation or groups, whose result f returns; null where it ends
    /// otherwise.</param>
    public static Tensor Run(
        IEnumerable<nn.Module?> modules, Func<Tensor, Tensor> function, Tensor x, nn.Module<Tensor, Tensor>? last = null) =>
        IsUsed ? Function.Run(modules, inputs => function(inputs[0]), last, x) : function(x);

    /// <summary>y = f(x₁, x₂).</summary>
    /// <param name="modules">The modules that f calls; null is none.</param>
    /// <param name="function">f.</param>
    /// <param name="first">x₁.</param>
    /// <param name="second">x₂.</param>
    public static Tensor Run(IEnumerable<nn.Module?> modules, Func<Tensor, Tensor, Tensor> function, Tensor first, Tensor second) =>
        IsUsed ? Function.Run(modules, inputs => function(inputs[0], inputs[1]), null, first, second) : function(first, second);

    private static bool IsUsed => is_grad_enabled() && Recomputation.IsOn;

    // Given: the inputs, the parameters of f, the last layer's weight and bias. All of them are kept.
    private sealed record Plan(Func<Tensor[], Tensor> Function, nn.Module[] Modules, int Inputs, AffineLayer? Last)
    {
        public bool Training { get; } = Modules.Any(module => module.training);
    }

    private sealed class Function : ReleasingFunction<Function, Plan>
    {
        public override string Name => nameof(Checkpoint);

        public static Tensor Run(
            IEnumerable<nn.Module?> modules, Func<Tensor[], Tensor> function, nn.Module<Tensor, Tensor>? layer, params Tensor[] inputs)
        {
            nn.Module[] used = [.. modules.OfType<nn.Module>()];
            var last = layer is null ? null : AffineLayer.From(layer);
            var learned = used.SelectMany(module => module.parameters()).Where(parameter => last?.Has(parameter) != true);
            return Apply(
                new Plan(function, used, inputs.Length, last),
                    [.. inputs, .. learned, .. last is null ? [] : (Tensor?[])[last.Weight, last.Bias]]);
        }

        protected override Tensor Forward(Plan plan, Tensor?[] given, List<Tensor?>? kept)
        {
            kept?.AddRange(given);
            Tensor[] inputs = [.. given.Take(plan.Inputs).Select(input => input!)];
            return plan.Last is { } last ? ResultOf(last.Layer, () => plan.Function(inputs)) : plan.Function(inputs);
        }

        protected override Tensor?[] Backward(Plan plan, Kept kept, Tensor gradient)
        {
            if (plan.Modules.Any(module => module.training) != plan.Training)
                throw new InvalidOperationException($"{nameof(Checkpoint)}: train() or eval() was called between forward and backward");
            var learned = kept.Count - plan.Inputs - (plan.Last is null ? 0 : 2); // parameters of f
            Tensor[] inputs = [.. Enumerable.Range(0, plan.Inputs).Select(kept.Leaf)];
            Tensor[] all = [.. inputs, .. Enumerable.Range(plan.Inputs, learned).Select(i => kept[i]!)];
            Tensor[] wanted = [.. all.Where(one => one.requires_grad)];
            using var statistics = new BuffersAsTheyAre(plan.Modules);
            Tensor result;
            using (enable_grad())
                result = plan.Last is { } end ? InputOf(end.Layer, () => plan.Function(inputs)) : plan.Function(inputs);
            using var reached = plan.Last is null ? null : result;
            var (ofResult, ofWeight) = plan.Last?.Gradients(kept[kept.Count - 2]!, result.detach(), gradient) ?? (gradient, null);
            var found = wanted.Length > 0 ? Backpropagation.Gradients(result, wanted, ofResult) : [];

            var next = found.GetEnumerator();
            List<Tensor?> gradients = [.. all.Select(one => one.requires_grad && next.MoveNext() ? next.Current : null)];
            if (plan.Last is { } last)
                gradients.AddRange([ofWeight, kept.Learns(kept.Count - 1) ? last.OfBias(gradient) : null]);
            return [.. gradients];
        }

        // What a function returns, which must be what the layer returned.
        private static Tensor ResultOf(nn.Module<Tensor, Tensor> layer, Func<Tensor> function)
        {
            Tensor? result = null;
            var hook = layer.register_forward_hook((_, _, y) => result = y);
            try
            {
                return function() is var y && ReferenceEquals(y, result)
                    ? y
                    : throw new InvalidOperationException(
                        $"{nameof(Checkpoint)}: the function does not end in its last layer, a {layer.GetType().Name}");
            }
            finally
            {
                hook.remove();
            }
        }

        // What a layer is given when a function is run, which ends there. The tensor belongs to no scope, as those of the function end too.
        private static Tensor InputOf(nn.Module<Tensor, Tensor> layer, Func<Tensor> function)
        {
            Tensor? input = null;
            var hook = layer.register_forward_pre_hook((_, x) =>
            {
                input = x.DetachFromDisposeScope();
                throw new LastLayerReached();
            });
            try
            {
                function();
            }
            catch (LastLayerReached) when (input is not null)
            {
                return input;
            }
            finally
            {
                hook.remove();
            }
            throw new InvalidOperationException($"{nameof(Checkpoint)}: the second time the function did not come to its last layer");
        }
    }

    private sealed class LastLayerReached : Exception;

    // The buffers of modules, such as the running statistics of norms, are put back when this is disposed of.
    private sealed class BuffersAsTheyAre(IEnumerable<nn.Module> modules) : IDisposable
    {
        private readonly (Tensor Buffer, Tensor Values)[] before =
            [.. modules.Where(module => module.training).SelectMany(module => module.buffers()).Select(buffer => (buffer, buffer.clone()))];

        public void Dispose()
        {
            foreach (var (buffer, values) in before)
                Kept.Over(buffer).copy_(values); // not the buffer itself: graphs that also use the norm must not see a change in place
        }
    }
}
