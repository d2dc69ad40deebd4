using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>
/// A step of an optimizer: backward, then the parameters moved by their gradients. Where no gradient depends on the others, which clipping makes it, the
/// optimizer takes them in as they come, a few at a time, and they are let go: the same numbers, but all gradients are never there at once.
/// </summary>
public sealed class OptimizerStep : IDisposable
{
    private const long FloatsAtOnce = 8 << 20;

    private readonly OptimizerHelper optimizer;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly double largestNorm;
    private readonly ArrivingGradients? arriving;
    private readonly List<Parameter> arrived = [];
    private long floats;
    private double squares;

    /// <summary>Prepares steps.</summary>
    /// <param name="optimizer">What moves the parameters.</param>
    /// <param name="parameters">All that it moves.</param>
    /// <param name="clipNorm">Largest norm of the whole gradient; longer ones are scaled down to it. Null: no clipping.</param>
    /// <param name="oneBackward">Whether a gradient is whole when a backward has added to it: not where those of several are summed.</param>
    public OptimizerStep(OptimizerHelper optimizer, IReadOnlyList<Parameter> parameters, double? clipNorm = null, bool oneBackward = true)
    {
        this.optimizer = optimizer;
        this.parameters = parameters;
        largestNorm = clipNorm ?? double.PositiveInfinity;
        if (clipNorm is null && oneBackward && ArrivingGradients.Supported)
            arriving = new ArrivingGradients(parameters, Arrived);
    }

    /// <summary>Takes one step.</summary>
    /// <param name="backward">Computes the gradients, once.</param>
    /// <returns>The norm of the whole gradient. Where it is not finite, parameters whose gradients are not have stayed as they were.</returns>
    public double Take(Action backward)
    {
        foreach (var parameter in parameters)
            parameter.grad = null; // no zeros to write, and no memory held while the activations are
        arrived.Clear();
        (floats, squares) = (0, 0);
        backward();
        if (arriving is null)
            return TakeIn(parameters);
        TakeInArrived();
        return Math.Sqrt(squares);
    }

    /// <inheritdoc/>
    public void Dispose() => arriving?.Dispose();

    private void Arrived(Parameter parameter)
    {
        arrived.Add(parameter);
        floats += parameter.numel();
        if (floats >= FloatsAtOnce)
            TakeInArrived();
    }

    private void TakeInArrived()
    {
        var norm = TakeIn(arrived);
        squares += norm * norm;
        foreach (var parameter in arrived)
            parameter.grad = null;
        arrived.Clear();
        floats = 0;
    }

    // The norm of their gradients.
    private double TakeIn(IEnumerable<Parameter> some)
    {
        var norm = nn.utils.clip_grad_norm_(some, largestNorm);
        if (double.IsFinite(norm))
            optimizer.step(); // moves those that have a gradient
        return norm;
    }
}
