using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>One step of an optimizer: backward, clip, move the parameters, drop the gradients.</summary>
/// <remarks>
/// TorchSharp's optimizers keep what they compute on the way (Adam: two tensors of a parameter's size) until all parameters have been
/// moved. So parameters are moved some at a time: of the others the optimizer sees no gradient. The numbers are the same.
/// </remarks>
public sealed class OptimizerStep
{
    private const long FloatsAtOnce = 4 << 20;

    private readonly OptimizerHelper optimizer;
    private readonly IReadOnlyList<Parameter> parameters;
    private readonly double? clipNorm;

    /// <param name="optimizer">What moves the parameters.</param>
    /// <param name="parameters">All that it moves.</param>
    /// <param name="clipNorm">Largest norm of the whole gradient; longer ones are scaled down to it. Null: no clipping.</param>
    public OptimizerStep(OptimizerHelper optimizer, IReadOnlyList<Parameter> parameters, double? clipNorm = null)
    {
        this.optimizer = optimizer;
        this.parameters = parameters;
        this.clipNorm = clipNorm;
    }

    /// <summary>Takes one step.</summary>
    /// <param name="backward">Computes the gradients.</param>
    /// <returns>The norm of the whole gradient. Where it is not finite, the parameters have stayed as they were.</returns>
    public double Take(Action backward)
    {
        foreach (var parameter in parameters)
            parameter.grad = null; // no zeros to write, and no memory held while the activations are
        backward();
        using var scope = NewDisposeScope();
        Tensor?[] gradients = [.. parameters.Select(parameter => parameter.grad)];
        var norm = clipNorm is { } largest ? nn.utils.clip_grad_norm_(parameters, largest) : Norm(gradients);
        foreach (var parameter in parameters)
            parameter.grad = null;
        if (double.IsFinite(norm))
            Move(gradients);
        return norm;
    }

    private static double Norm(Tensor?[] gradients)
    {
        Tensor[] norms = [.. gradients.OfType<Tensor>().Select(gradient => gradient.norm())];
        return norms.Length == 0 ? 0 : stack(norms).norm().ToDouble();
    }

    private void Move(Tensor?[] gradients)
    {
        for (int first = 0, next; first < gradients.Length; first = next)
        {
            var floats = 0L;
            for (next = first; next < gradients.Length && floats < FloatsAtOnce; next++)
            {
                floats += parameters[next].numel();
                parameters[next].grad = gradients[next];
            }
            optimizer.step(); // moves those that have a gradient
            for (var i = first; i < next; i++)
            {
                parameters[i].grad = null;
                gradients[i]?.Dispose();
            }
        }
    }
}
