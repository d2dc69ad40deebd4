using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>
/// A running average of a model's state, `average = decay * average + (1 - decay) * current` after every step. Early on the decay is
/// smaller, `(1 + n) / (10 + n)` after n steps, so that the random start is forgotten. Counters and other integers are copied.
/// </summary>
public sealed class WeightAverage : IDisposable
{
    private readonly double decay;
    private readonly IReadOnlyList<(string Name, Tensor Live, Tensor Mean)> entries;

    /// <summary>Starts from the model's present state.</summary>
    /// <param name="decay">Share of the old average that is kept at each step.</param>
    public WeightAverage(nn.Module model, double decay)
    {
        this.decay = decay;
        using var guard = no_grad();
        entries = [.. model.state_dict().Select(entry => (entry.Key, entry.Value, entry.Value.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>The averaged tensors by their names in the state dict.</summary>
    public IEnumerable<(string Name, Tensor Value)> Named => entries.Select(entry => (entry.Name, entry.Mean));

    /// <summary>Takes in the state after a step.</summary>
    /// <param name="step">Steps done.</param>
    public void Update(long step)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var kept = Math.Min(decay, (1.0 + step) / (10.0 + step));
        foreach (var (_, live, mean) in entries)
        {
            if (mean.is_floating_point())
                mean.mul_(kept).add_(live, alpha: 1 - kept);
            else
                mean.copy_(live);
        }
    }

    /// <summary>Lets the model compute with the average until the result is disposed.</summary>
    public IDisposable InPlaceOfWeights() => new Exchange(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, _, mean) in entries)
            mean.Dispose();
    }

    private void Swap()
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, live, mean) in entries)
        {
            var held = live.detach().clone();
            live.copy_(mean);
            mean.copy_(held);
        }
    }

    private sealed class Exchange : IDisposable
    {
        private readonly WeightAverage average;

        public Exchange(WeightAverage average)
        {
            this.average = average;
            average.Swap();
        }

        public void Dispose() => average.Swap();
    }
}
