using Avs.Core.Libtorch;
using static TorchSharp.torch;

namespace Avs.Models.Memory;

/// <summary>
/// The rows of a whole batch, of which several workers have a part each: for losses that compare rows with one another, so that the mean
/// over the parts is not what the whole would give. All workers then compute such a loss alike, and its gradient comes to each one's rows.
/// </summary>
/// <param name="part">The worker's part.</param>
/// <param name="sum">Replaces float64 values in the CPU's memory by their sum over all workers.</param>
public sealed class WholeBatch(BatchPart part, Action<Tensor> sum)
{
    /// <summary>Own rows [n,...] -> those of all parts in their order [N,...], each part's number of rows being its own.</summary>
    public Tensor Gather(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var counts = zeros([part.Count], ScalarType.Float64, CPU);
        counts[part.Index] = rows.shape[0];
        sum(counts);
        var each = counts.data<double>().ToArray();
        var plan = new GatheredRows.Plan(sum, (long)each.Take(part.Index).Sum(), (long)each.Sum(), part.Count);
        return GatheredRows.Run(plan, rows).MoveToOuterDisposeScope();
    }

    private sealed class GatheredRows : ReleasingFunction<GatheredRows, GatheredRows.Plan>
    {
        public sealed record Plan(Action<Tensor> Sum, long First, long Rows, int Workers);

        public static Tensor Run(Plan plan, Tensor rows) => Apply(plan, rows);

        protected override Tensor Forward(Plan plan, Tensor?[] given, List<Tensor?>? kept)
        {
            using var scope = NewDisposeScope();
            var own = given[0]!;
            var all = zeros([plan.Rows, .. own.shape.Skip(1)], ScalarType.Float64, CPU);
            all.narrow(0, plan.First, own.shape[0]).copy_(own.detach());
            plan.Sum(all);
            kept?.Add(given[0]);
            return all.to(own.dtype).to(own.device).MoveToOuterDisposeScope();
        }

        // Each worker computes the same loss, of which the mean over all workers is taken in the end, but learns by its own rows only.
        protected override Tensor?[] Backward(Plan plan, Kept kept, Tensor gradient) =>
            [gradient.narrow(0, plan.First, kept[0]!.shape[0]) * plan.Workers];
    }
}
