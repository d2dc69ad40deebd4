using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>Parameters that an optimizer moves alike.</summary>
/// <param name="Decay">Their weight decay.</param>
/// <param name="RateFactor">Their learning rate as a multiple of the schedule's.</param>
public sealed record ParameterGroup(IReadOnlyList<Parameter> Parameters, double Decay, double RateFactor);

/// <summary>Builds optimizers from their configuration.</summary>
public static class Optimizers
{
    /// <summary>An optimizer over the parameters of a model without a backbone.</summary>
    /// <param name="config">Which optimizer and its settings.</param>
    /// <param name="parameters">What it moves.</param>
    public static OptimizerHelper Create(OptimizerConfig config, IReadOnlyList<(string Name, Parameter Parameter)> parameters) =>
        Create(config, Groups(config, parameters, []));

    /// <summary>An optimizer over groups of parameters, in their order.</summary>
    /// <param name="config">Which optimizer and its settings.</param>
    /// <param name="groups">What it moves.</param>
    public static OptimizerHelper Create(OptimizerConfig config, IReadOnlyList<ParameterGroup> groups)
    {
        var (rate, first, second, eps) = (config.LearningRate, config.Beta1, config.Beta2, config.Epsilon);
        return config.Name switch
        {
            OptimizerName.Adamw => optim.AdamW(groups.Select(group =>
                new AdamW.ParamGroup(group.Parameters, rate * group.RateFactor, first, second, eps, group.Decay)), rate),
            OptimizerName.Adam => optim.Adam(groups.Select(group =>
                new Adam.ParamGroup(group.Parameters, rate * group.RateFactor, first, second, eps, group.Decay)), rate),
            OptimizerName.Sgd => optim.SGD(groups.Select(group =>
                new SGD.ParamGroup(group.Parameters, rate * group.RateFactor, first, 0, group.Decay)), rate),
            _ => throw new ArgumentOutOfRangeException(nameof(config), config.Name, "an unknown optimizer"),
        };
    }

    /// <summary>
    /// The parameters by the learning rate and the weight decay they get; groups without parameters are left out. The states of optimizers
    /// are saved in this order.
    /// </summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="backbone">Names of those of the backbone.</param>
    public static IReadOnlyList<ParameterGroup> Groups(
        OptimizerConfig config, IReadOnlyList<(string Name, Parameter Parameter)> parameters, IReadOnlyCollection<string> backbone)
    {
        HashSet<string> slowed = config.BackboneRate == 1 ? [] : [.. backbone];
        return
        [
            .. parameters
                .GroupBy(entry => (
                    IsBackbone: slowed.Contains(entry.Name), Decays: !config.DecayMatricesOnly || entry.Parameter.dim() > 1))
                .OrderBy(group => group.Key.IsBackbone).ThenByDescending(group => group.Key.Decays)
                .Select(group => new ParameterGroup(
                    [.. group.Select(entry => entry.Parameter)],
                    group.Key.Decays ? config.WeightDecay : 0,
                    group.Key.IsBackbone ? config.BackboneRate : 1)),
        ];
    }
}
