using static TorchSharp.torch;

// A linear probe (G. Alain, Y. Bengio, 2016): how well a linear classifier finds something from codes that were not learned for it.
// Multinomial logistic regression over standardised codes x (each dimension with mean 0 and variance 1 over the training codes):
//
//   1/N Σ −log softmax(Wᵀx + b)_y + ‖W‖²/(2N)
//
// which is scikit-learn's with C = 1. Its minimum is found by L-BFGS (J. Nocedal, 1980) with halved steps, in float64.

namespace Avs.Eval.Autoencoding;

/// <summary>How well a probe does.</summary>
/// <param name="Accuracy">The share of the test codes that it classifies rightly.</param>
/// <param name="Chance">That share when the class that is most frequent in training is always answered.</param>
public sealed record ProbeScore(double Accuracy, double Chance);

/// <summary>Linear probes of codes.</summary>
public static class LinearProbe
{
    private const int History = 10, MostSteps = 500;
    private const double SmallestGradient = 1e-6;

    /// <summary>Learns from training codes and classifies test codes.</summary>
    /// <param name="train">[N,K].</param>
    /// <param name="trainLabels">0 to <paramref name="classes"/> − 1.</param>
    /// <param name="test">[M,K].</param>
    /// <param name="testLabels">As the training labels.</param>
    /// <param name="classes">At least 2.</param>
    public static ProbeScore Score(
        Tensor train, IReadOnlyList<int> trainLabels, Tensor test, IReadOnlyList<int> testLabels, int classes)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var (mean, deviation) = Moments(train);
        var weights = Fit(Design(train, mean, deviation), trainLabels, classes);
        var answers = Design(test, mean, deviation).matmul(weights).argmax(1).data<long>().ToArray();
        var usual = Enumerable.Range(0, classes).MaxBy(label => trainLabels.Count(other => other == label));
        return new ProbeScore(
            answers.Zip(testLabels).Count(pair => pair.First == pair.Second) / (double)answers.Length,
            testLabels.Count(label => label == usual) / (double)answers.Length);
    }

    /// <summary>The minimum, [K+1,classes]: W and below it b.</summary>
    /// <param name="x">[N,K+1], whose last column is 1.</param>
    internal static Tensor Fit(Tensor x, IReadOnlyList<int> labels, int classes)
    {
        using var scope = NewDisposeScope();
        var n = x.shape[0];
        var truth = nn.functional.one_hot(tensor(labels.Select(label => (long)label).ToArray()), classes).to(ScalarType.Float64); // [N,C]
        var penalty = ones_like(x[0]).unsqueeze(1) / (double)n; // [K+1,1]
        penalty[-1].zero_(); // b is not penalised
        (double Value, Tensor Gradient) At(Tensor w)
        {
            using var inner = NewDisposeScope();
            var logits = x.matmul(w); // [N,C]
            var value = (logits.logsumexp(1).sum() - (logits * truth).sum()) / (double)n + (w.square() * penalty).sum() * 0.5;
            var gradient = x.t().matmul(logits.softmax(1) - truth) / (double)n + w * penalty;
            return (value.item<double>(), gradient.MoveToOuterDisposeScope());
        }

        var at = zeros([x.shape[1], classes], ScalarType.Float64);
        var (value, gradient) = At(at);
        var steps = new List<(Tensor Moved, Tensor Turned, double Curvature)>();
        for (var i = 0; i < MostSteps && gradient.abs().max().item<double>() > SmallestGradient; i++)
        {
            using var step = NewDisposeScope();
            var direction = Direction(gradient, steps);
            var slope = (gradient * direction).sum().item<double>();
            var (length, next, nextValue, nextGradient) = (1.0, at, value, gradient);
            for (; length > 1e-10; length *= 0.5)
            {
                next = at + direction * length;
                (nextValue, nextGradient) = At(next);
                if (nextValue <= value + 1e-4 * length * slope)
                    break;
            }
            if (nextValue >= value)
                break; // as near as float64 comes
            var (moved, turned) = (next - at, nextGradient - gradient);
            var curvature = (moved * turned).sum().item<double>();
            if (curvature > 0)
                steps.Add((moved.MoveToOuterDisposeScope(), turned.MoveToOuterDisposeScope(), curvature));
            if (steps.Count > History)
                steps.RemoveAt(0);
            (at, value, gradient) = (next.MoveToOuterDisposeScope(), nextValue, nextGradient.MoveToOuterDisposeScope());
        }
        return at.MoveToOuterDisposeScope();
    }

    /// <summary>Standardised codes with a column of ones, float64 [N,K+1].</summary>
    internal static Tensor Design(Tensor codes, Tensor mean, Tensor deviation)
    {
        using var scope = NewDisposeScope();
        var x = (codes.detach().to(ScalarType.Float64, CPU) - mean) / deviation;
        return cat([x, ones([x.shape[0], 1], ScalarType.Float64)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Mean and deviation of each dimension [K]; the deviation of a constant dimension is 1.</summary>
    internal static (Tensor Mean, Tensor Deviation) Moments(Tensor codes)
    {
        using var scope = NewDisposeScope();
        var x = codes.detach().to(ScalarType.Float64, CPU);
        var mean = x.mean([0]);
        var deviation = (x - mean).square().mean([0]).sqrt();
        return (mean.MoveToOuterDisposeScope(), where(deviation > 1e-12, deviation, ones_like(deviation)).MoveToOuterDisposeScope());
    }

    // Minus the approximate inverse Hessian times the gradient, by the last steps: the two loops of L-BFGS.
    private static Tensor Direction(Tensor gradient, List<(Tensor Moved, Tensor Turned, double Curvature)> steps)
    {
        using var scope = NewDisposeScope();
        var q = -gradient;
        var factors = new double[steps.Count];
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            factors[i] = (steps[i].Moved * q).sum().item<double>() / steps[i].Curvature;
            q = q - steps[i].Turned * factors[i];
        }
        if (steps.Count > 0)
            q = q * (steps[^1].Curvature / steps[^1].Turned.square().sum().item<double>());
        for (var i = 0; i < steps.Count; i++)
            q = q + steps[i].Moved * (factors[i] - (steps[i].Turned * q).sum().item<double>() / steps[i].Curvature);
        return q.MoveToOuterDisposeScope();
    }
}
