using Avs.Core.Libtorch;
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
    /// <param name="batches">Of how many batches it adds up the gradients: their mean counts.</param>
    /// <param name="mayMove">Asked when the gradients are there: whether they count; null: they do.</param>
    /// <returns>
    /// The norm of the whole gradient. Where it is not finite or the gradients do not count, the parameters have stayed as they were.
    /// </returns>
    public double Take(Action backward, int batches = 1, Func<bool>? mayMove = null)
    {
        foreach (var parameter in parameters)
            parameter.grad = null; // no zeros to write, and no memory held while the activations are
        backward();
        using var scope = NewDisposeScope();
        Tensor?[] gradients = [.. parameters.Select(parameter => parameter.grad)];
        if (batches > 1)
            using (no_grad())
                foreach (var gradient in gradients)
                    gradient?.div_(batches);
        var norm = clipNorm is { } largest ? nn.utils.clip_grad_norm_(parameters, largest) : Norm(gradients);
        foreach (var parameter in parameters)
            parameter.grad = null;
        if (double.IsFinite(norm) && mayMove?.Invoke() != false && !MoveFused(gradients))
            Move(gradients);
        return norm;
    }

    private static double Norm(Tensor?[] gradients)
    {
        Tensor[] norms = [.. gradients.OfType<Tensor>().Select(gradient => gradient.norm())];
        return norms.Length == 0 ? 0 : stack(norms).norm().ToDouble();
    }

    // Adam in one pass over the memory, with the states that the optimizer keeps; false where it is another or the tensors do not suit.
    private bool MoveFused(Tensor?[] gradients)
    {
        if (optimizer is not (Adam or AdamW) || !parameters.All(FusedAdam.Takes))
            return false;
        var states = optimizer.state_dict().State; // in the order of the groups' parameters
        var gradientOf = parameters.Zip(gradients).ToDictionary(pair => pair.First.Handle, pair => pair.Second);
        var next = 0;
        foreach (var group in optimizer.ParamGroups.Cast<ParamGroup>())
        {
            var settings = Settings(group);
            var entries = new SortedDictionary<long, List<AdamEntry>>(); // by the steps that they have taken
            foreach (var parameter in group.Parameters)
            {
                var state = states[next++];
                if (gradientOf[parameter.Handle] is not { } gradient)
                    continue;
                var (step, mean, squareMean) = state switch
                {
                    AdamW.State adam => (++adam.step, adam.exp_avg, adam.exp_avg_sq),
                    Adam.State adam => (++adam.step, adam.exp_avg, adam.exp_avg_sq),
                    _ => throw new InvalidOperationException($"{optimizer.GetType().Name} keeps a {state.GetType().Name}"),
                };
                if (!entries.TryGetValue(step, out var alike))
                    entries[step] = alike = [];
                alike.Add(new(parameter, gradient.contiguous(), mean, squareMean));
            }
            foreach (var (step, alike) in entries)
                FusedAdam.Move(alike, step, settings);
        }
        return true;
    }

    private static AdamSettings Settings(ParamGroup group) => group.Options switch
    {
        AdamW.Options adam => new(
            adam.LearningRate!.Value, adam.beta1!.Value, adam.beta2!.Value, adam.eps!.Value, adam.weight_decay!.Value, Decoupled: true),
        Adam.Options adam => new(
            adam.LearningRate!.Value, adam.beta1!.Value, adam.beta2!.Value, adam.eps!.Value, adam.weight_decay!.Value, Decoupled: false),
        _ => throw new InvalidOperationException($"not Adam's settings: {group.Options.GetType().Name}"),
    };

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
