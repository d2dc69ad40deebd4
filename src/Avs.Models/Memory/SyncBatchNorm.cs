using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// With m rows and places of all workers together, per channel:
//
//   μ = Σx / m,   σ² = Σ(x − μ)² / m,   x̂ = (x − μ)/√(σ² + ε),   y = γ x̂ + β
//   ∂L/∂x = g − Σg/m − x̂ Σ(g x̂)/m,   g = γ/√(σ² + ε) · ∂L/∂y
//
// y is libtorch's BatchNorm with μ and σ² as given statistics, whose gradient by x is g; the rest is added by a function in front of it
// that gives x as it is. The gradients by γ and β stay sums over the worker's own rows, to be averaged with all others.

namespace Avs.Models.Memory;

/// <summary>
/// While this lives, the BatchNorms of a model in training mode normalise by the statistics of what all workers are given, forward and
/// backward, as torch.nn.SyncBatchNorm does. Their weights and running statistics stay where they are.
/// </summary>
public sealed class SyncBatchNorm : IDisposable
{
    private readonly Action<Tensor> sum;
    private readonly List<Action> removals = [];

    /// <summary>Changes the BatchNorms of a model.</summary>
    /// <param name="sum">Replaces float64 values in the CPU's memory by their sum over all workers.</param>
    public SyncBatchNorm(nn.Module model, Action<Tensor> sum)
    {
        this.sum = sum;
        foreach (var norm in model.modules().Prepend(model).OfType<BatchNorm>()) // modules() leaves out the model itself
            Change(norm);
    }

    /// <summary>Whether norms compute so; otherwise each worker for itself. All workers set it alike.</summary>
    public bool IsOn { get; set; } = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var remove in removals)
            remove();
        removals.Clear();
    }

    // A module's forward cannot be replaced, only what it is given and what it returns. So it is given a zero for each channel, in
    // evaluation mode, in which it changes nothing.
    private void Change(BatchNorm norm)
    {
        Tensor? result = null;
        removals.Add(norm.register_forward_pre_hook((_, x) =>
        {
            if (!IsOn || !norm.training)
                return x;
            result = Normalise(norm, x);
            norm.eval();
            return zeros([1, x.shape[1], .. x.shape.Skip(2).Select(_ => 1L)], x.dtype, x.device);
        }).remove);
        removals.Add(norm.register_forward_hook((_, _, y) =>
        {
            if (result is null)
                return y;
            y.Dispose();
            norm.train();
            (var whole, result) = (result, null);
            return whole;
        }).remove);
    }

    private Tensor Normalise(BatchNorm norm, Tensor x)
    {
        using var scope = NewDisposeScope();
        long[] axes = [.. Enumerable.Range(0, (int)x.dim()).Where(axis => axis != 1)];
        Tensor mean, variance;
        using (no_grad())
        {
            var places = (double)x.numel() / x.shape[1];
            var own = x.to(ScalarType.Float32);
            var (ownVariance, ownMean) = MeanAndVariance(own, axes);
            // Of float64 no digit that counts is lost by adding up squares.
            var sums = cat([ownMean, ownVariance + ownMean.square(), ones([1], ScalarType.Float64, x.device)]).mul_(places).cpu();
            sum(sums);
            var all = sums[-1];
            var c = x.shape[1];
            var exactMean = sums.narrow(0, 0, c) / all;
            var exactVariance = (sums.narrow(0, c, c) / all - exactMean.square()).clamp_min_(0);
            Remember(norm, exactMean, exactVariance * (all / (all - 1)));
            mean = exactMean.to(ScalarType.Float32).to(x.device);
            variance = exactVariance.to(ScalarType.Float32).to(x.device);
        }
        var given = StatisticsGradient.Run(new StatisticsGradient.Plan(sum, axes), x, mean, (variance + norm.eps).rsqrt());
        return F.batch_norm(given, mean, variance, norm.weight, norm.bias, training: false, norm.momentum ?? 0.1, norm.eps)
            .MoveToOuterDisposeScope();
    }

    // [C] float64 each. In two passes, so that a large mean costs no digits.
    private static (Tensor Variance, Tensor Mean) MeanAndVariance(Tensor x, long[] axes)
    {
        var mean = x.mean(axes, keepdim: true);
        var rest = x - mean;
        // What rounding left out of the mean.
        var missing = rest.mean(axes).to(ScalarType.Float64);
        var variance = rest.mul_(rest).mean(axes).to(ScalarType.Float64) - missing.square();
        return (variance, mean.flatten().to(ScalarType.Float64) + missing);
    }

    private static void Remember(BatchNorm norm, Tensor mean, Tensor unbiased)
    {
        if (!norm.track_running_stats)
            return;
        norm.num_batches_tracked!.add_(1);
        var share = norm.momentum ?? 1.0 / norm.num_batches_tracked!.item<long>();
        void Move(Tensor running, Tensor seen) => running.mul_(1 - share).add_(seen.to(running.dtype).to(running.device), alpha: share);
        Move(norm.running_mean!, mean);
        Move(norm.running_var!, unbiased);
    }

    // Gives x as it is; takes g to g − Σg/m − x̂ Σ(g x̂)/m.
    private sealed class StatisticsGradient : ReleasingFunction<StatisticsGradient, StatisticsGradient.Plan>
    {
        public sealed record Plan(Action<Tensor> Sum, long[] Axes);

        public static Tensor Run(Plan plan, Tensor x, Tensor mean, Tensor scale) => Apply(plan, x, mean, scale);

        protected override Tensor Forward(Plan plan, Tensor?[] given, List<Tensor?>? kept)
        {
            kept?.AddRange(given);
            return Kept.Over(given[0]!);
        }

        protected override Tensor?[] Backward(Plan plan, Kept kept, Tensor gradient)
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            var (x, mean, scale) = (kept[0]!, kept[1]!, kept[2]!);
            long[] channels = [1, mean.shape[0], .. Enumerable.Repeat(1L, (int)x.dim() - 2)];
            var g = gradient.to(ScalarType.Float32);
            var normalised = (x.to(ScalarType.Float32) - mean.view(channels)).mul_(scale.view(channels));
            var places = (double)x.numel() / x.shape[1];
            var sums = cat(
            [
                g.sum(plan.Axes).to(ScalarType.Float64), (g * normalised).sum(plan.Axes).to(ScalarType.Float64),
                tensor([places], ScalarType.Float64, x.device),
            ]).cpu();
            plan.Sum(sums);
            var c = mean.shape[0];
            Tensor Mean(long from) => (sums.narrow(0, from, c) / sums[-1]).to(ScalarType.Float32).to(x.device).view(channels);
            var result = normalised.mul_(Mean(c)).add_(Mean(0)).neg_().add_(g);
            return [result.to(gradient.dtype).MoveToOuterDisposeScope(), null, null];
        }
    }
}
