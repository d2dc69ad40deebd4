using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Memory;

/// <summary>
/// A function that training computes twice, so that between forward and backward it remembers the inputs alone. Used for what is cheap
/// beside the products of a network and has large results: norms, activations, attention, 1x1 convolutions. A layer that comes last is not
/// computed again.
/// </summary>
/// <remarks>
/// The second time leaves no trace: running statistics are put back. The function may draw nothing at random, which would be drawn anew.
/// </remarks>
public static class Recomputed
{
    /// <summary>y = f(x₁, x₂, …).</summary>
    /// <param name="function">f.</param>
    /// <param name="modules">The modules that f uses; null is none.</param>
    /// <param name="inputs">x₁, x₂, ….</param>
    public static Tensor Of(Func<Tensor[], Tensor> function, IEnumerable<nn.Module?> modules, params Tensor[] inputs) =>
        Function.Run(function, modules, null, inputs);

    /// <summary>y = conv(f(x)).</summary>
    /// <param name="last">conv, without dilation or groups.</param>
    /// <param name="function">f.</param>
    /// <param name="modules">The modules that f uses; null is none.</param>
    /// <param name="x">x.</param>
    public static Tensor Before(Conv2d last, Func<Tensor, Tensor> function, IEnumerable<nn.Module?> modules, Tensor x) =>
        Function.Run(inputs => function(inputs[0]), modules, last, x);

    /// <summary>y = W f(x) + b.</summary>
    /// <param name="last">W and b.</param>
    /// <param name="function">f.</param>
    /// <param name="modules">The modules that f uses; null is none.</param>
    /// <param name="x">[…].</param>
    /// <returns>[…,out].</returns>
    public static Tensor Before(Linear last, Func<Tensor, Tensor> function, IEnumerable<nn.Module?> modules, Tensor x) =>
        Function.Run(inputs => function(inputs[0]), modules, last, x);

    // Given: the inputs, the parameters of f, the last layer's weight and bias. All of them are kept.
    private sealed record Plan(Func<Tensor[], Tensor> Function, nn.Module[] Modules, int Inputs, AffineLayer? Last)
    {
        public bool Training { get; } = Modules.Any(module => module.training);
    }

    private sealed class Function : ReleasingFunction<Function, Plan>
    {
        public override string Name => nameof(Recomputed);

        public static Tensor Run(
            Func<Tensor[], Tensor> function, IEnumerable<nn.Module?> modules, AffineLayer? last, params Tensor[] inputs)
        {
            nn.Module[] used = [.. modules.OfType<nn.Module>()];
            return Apply(
                new Plan(function, used, inputs.Length, last),
                [.. inputs, .. used.SelectMany(module => module.parameters()), .. last is null ? [] : (Tensor?[])[last.Weight, last.Bias]]);
        }

        protected override Tensor Forward(Plan plan, Tensor?[] given, List<Tensor?>? kept)
        {
            kept?.AddRange(given);
            var result = plan.Function([.. given.Take(plan.Inputs).Select(input => input!)]);
            return plan.Last?.Run(result) ?? result;
        }

        protected override Tensor?[] Backward(Plan plan, Kept kept, Tensor gradient)
        {
            if (plan.Modules.Any(module => module.training) != plan.Training)
                throw new InvalidOperationException("Recomputed: train() or eval() was called between forward and backward");
            var learned = kept.Count - plan.Inputs - (plan.Last is null ? 0 : 2); // parameters of f
            Tensor[] inputs = [.. Enumerable.Range(0, plan.Inputs).Select(kept.Leaf)];
            Tensor[] all = [.. inputs, .. Enumerable.Range(plan.Inputs, learned).Select(i => kept[i]!)];
            Tensor[] wanted = [.. all.Where(one => one.requires_grad)];
            using var statistics = new BuffersAsTheyAre(plan.Modules);
            Tensor result;
            using (enable_grad())
                result = plan.Function(inputs);
            var (ofResult, ofWeight) = plan.Last?.Gradients(kept[kept.Count - 2]!, result.detach(), gradient) ?? (gradient, null);
            var found = wanted.Length > 0 ? Backpropagation.Gradients(result, wanted, ofResult) : [];

            var next = found.GetEnumerator();
            List<Tensor?> gradients = [.. all.Select(one => one.requires_grad && next.MoveNext() ? next.Current : null)];
            if (plan.Last is { } last)
                gradients.AddRange([ofWeight, kept.Learns(kept.Count - 1) ? last.OfBias(gradient) : null]);
            return [.. gradients];
        }
    }

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
