using static TorchSharp.torch;

// t-SNE: L. van der Maaten, G. Hinton, "Visualizing Data using t-SNE", JMLR 9 (2008). Written here because no kept .NET library has it;
// exact, of N² numbers, for the few hundred points of a picture.
//
//   p_j|i ∝ exp(−βᵢ ‖xᵢ − xⱼ‖²),  βᵢ such that the perplexity exp(H(p_·|i)) is what was asked       P = (p_j|i + p_i|j)/(2N)
//   q_ij  ∝ 1/(1 + ‖yᵢ − yⱼ‖²)
//   KL(P‖Q) falls by gradient descent with momentum and the gains of R. Jacobs (1988):
//   ∂/∂yᵢ = 4 Σⱼ (p_ij − q_ij)(yᵢ − yⱼ)/(1 + ‖yᵢ − yⱼ‖²)
//
// The start is the first two principal axes, so that nothing is drawn at random (D. Kobak, P. Berens, Nature Communications 10, 2019), and
// the rate is N/(4·exaggeration) or 50, as in scikit-learn.

namespace Avs.Eval.EcmvaeCodes;

/// <summary>How points are laid out.</summary>
public sealed record TSneOptions
{
    /// <summary>How many neighbours count, roughly; never more than a third of the others.</summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Steps with P exaggerated, which lets groups find together.</summary>
    public int EarlySteps { get; init; } = 250;

    /// <summary>All steps.</summary>
    public int Steps { get; init; } = 750;
}

/// <summary>Lays points of many dimensions out in the plane so that near ones stay near.</summary>
public static class TSne
{
    private const double Exaggeration = 12, EarlyMomentum = 0.5, LateMomentum = 0.8, SmallestGain = 0.01, StartDeviation = 1e-4;
    private const int Bisections = 60;
    private const double SmallestProbability = 1e-12;

    /// <summary>The layout, float32 [N,2]; the same points always give the same.</summary>
    /// <param name="points">[N,K]; equal rows get equal places.</param>
    public static Tensor Embed(Tensor points, TSneOptions? options = null)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var (distinct, place) = Distinct(points);
        return Layout(distinct, options ?? new TSneOptions()).index_select(0, tensor(place)).MoveToOuterDisposeScope();
    }

    /// <summary>KL(P‖Q) of a layout [N,2], which descent makes small.</summary>
    internal static double Divergence(Tensor p, Tensor layout)
    {
        using var scope = NewDisposeScope();
        var closeness = Closeness(layout.to(ScalarType.Float64));
        var q = (closeness / closeness.sum()).clamp(min: SmallestProbability);
        return (p * (p.clamp(min: SmallestProbability) / q).log()).sum().item<double>();
    }

    /// <summary>P, float64 [N,N]: symmetric, 0 on the diagonal, of sum 1.</summary>
    internal static Tensor Affinities(Tensor points, double perplexity)
    {
        using var scope = NewDisposeScope();
        var conditional = Conditional(points, perplexity);
        return ((conditional + conditional.t()) / (2.0 * points.shape[0])).MoveToOuterDisposeScope();
    }

    /// <summary>p_j|i, float64 [N,N]: each row of the perplexity asked for, and of sum 1.</summary>
    internal static Tensor Conditional(Tensor points, double perplexity)
    {
        using var scope = NewDisposeScope();
        var n = points.shape[0];
        var others = 1 - eye(n, dtype: ScalarType.Float64);
        var distances = SquaredDistances(points.to(ScalarType.Float64));
        distances = distances / distances.mean().clamp(min: 1e-300);
        // Less the nearest, so that one exponential of each row is 1.
        var further = (distances - (distances + (1 - others) * 1e9).amin([1], keepdim: true)) * others;
        var (low, high) = (full([n, 1], -20.0, ScalarType.Float64), full([n, 1], 40.0, ScalarType.Float64)); // ln β
        Tensor At(Tensor logBeta)
        {
            using var own = NewDisposeScope();
            var weights = (-further * logBeta.exp()).exp() * others;
            return (weights / weights.sum([1], keepdim: true)).MoveToOuterDisposeScope();
        }
        for (var i = 0; i < Bisections; i++)
        {
            using var inner = NewDisposeScope();
            var middle = (low + high) * 0.5;
            var p = At(middle);
            var isTooWide = -(p * p.clamp(min: 1e-300).log()).sum([1], keepdim: true) > Math.Log(perplexity);
            low.copy_(where(isTooWide, middle, low));
            high.copy_(where(isTooWide, high, middle));
        }
        return At((low + high) * 0.5).MoveToOuterDisposeScope();
    }

    private static Tensor Layout(Tensor points, TSneOptions options)
    {
        using var scope = NewDisposeScope();
        var n = points.shape[0];
        var axes = PrincipalAxes.Fit(points).Project(points);
        var deviation = axes.select(1, 0).square().mean().sqrt().clamp(min: 1e-300);
        var y = (axes / deviation * StartDeviation).to(ScalarType.Float32);
        if (n < 4)
            return y.MoveToOuterDisposeScope(); // no neighbours to speak of
        var p = Affinities(points, Math.Min(options.Perplexity, (n - 1) / 3.0)).to(ScalarType.Float32);
        var exaggerated = p * Exaggeration;
        var (velocity, gains) = (zeros_like(y), ones_like(y));
        var rate = Math.Max(n / (4 * Exaggeration), 50);
        for (var step = 0; step < options.Steps; step++)
        {
            using var inner = NewDisposeScope();
            var isEarly = step < options.EarlySteps;
            var closeness = Closeness(y);
            var weights = ((isEarly ? exaggerated : p) - closeness / closeness.sum()) * closeness;
            var gradient = (weights.sum([1], keepdim: true) * y - weights.matmul(y)) * 4; // [N,2]
            gains.copy_(where(gradient * velocity > 0, gains * 0.8, gains + 0.2).clamp(min: SmallestGain));
            velocity.mul_(isEarly ? EarlyMomentum : LateMomentum).sub_(gains * gradient * rate);
            y.add_(velocity);
            y.sub_(y.mean([0], keepdim: true));
        }
        return y.MoveToOuterDisposeScope();
    }

    // 1/(1 + ‖yᵢ − yⱼ‖²), 0 on the diagonal.
    private static Tensor Closeness(Tensor layout)
    {
        using var scope = NewDisposeScope();
        var closeness = 1 / (SquaredDistances(layout) + 1);
        closeness.diagonal().zero_();
        return closeness.MoveToOuterDisposeScope();
    }

    private static Tensor SquaredDistances(Tensor points)
    {
        using var scope = NewDisposeScope();
        var squares = points.square().sum([1], keepdim: true);
        return (squares + squares.t() - points.matmul(points.t()) * 2).clamp(min: 0).MoveToOuterDisposeScope();
    }

    // The rows without repeats, and which of them each row is: muted frames of a code of sound alone are all one.
    private static (Tensor Points, long[] Place) Distinct(Tensor points)
    {
        using var scope = NewDisposeScope();
        var width = (int)points.shape[1];
        var values = points.to(ScalarType.Float32, CPU).contiguous().data<float>().ToArray();
        var (first, place) = (new List<long>(), new long[points.shape[0]]);
        var known = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var row = 0; row < place.Length; row++)
        {
            var key = Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan(row * width, width)));
            if (!known.TryGetValue(key, out var at))
            {
                known[key] = at = first.Count;
                first.Add(row);
            }
            place[row] = at;
        }
        return (points.to(ScalarType.Float32, CPU).index_select(0, tensor(first.ToArray())).MoveToOuterDisposeScope(), place);
    }
}
