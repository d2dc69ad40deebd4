using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>A step of an optimizer: backward, then the parameters moved by their gradients, which are let go.</summary>
public sealed class OptimizerStep
{
    private readonly OptimizerHelper optimizer;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly double largestNorm;

    /// <summary>Prepares steps.</summary>
    /// <param name="optimizer">What moves the parameters.</param>
    /// <param name="parameters">All that it moves.</param>
    /// <param name="clipNorm">Largest norm of the whole gradient; longer ones are scaled down to it. Null: no clipping.</param>
    public OptimizerStep(OptimizerHelper optimizer, IReadOnlyList<Parameter> parameters, double? clipNorm = null)
    {
        this.optimizer = optimizer;
        this.parameters = parameters;
        largestNorm = clipNorm ?? double.PositiveInfinity;
    }

    /// <summary>Takes one step.</summary>
    /// <param name="backward">Computes the gradients.</param>
    /// <returns>The norm of the whole gradient. Where it is not finite, the parameters have stayed as they were.</returns>
    public double Take(Action backward)
    {
        foreach (var parameter in parameters)
            parameter.grad = null; // no zeros to write, and no memory held while the activations are
        backward();
        var norm = nn.utils.clip_grad_norm_(parameters, largestNorm);
        if (double.IsFinite(norm))
            optimizer.step();
        return norm;
    }
}
