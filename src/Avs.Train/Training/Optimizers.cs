using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>Builds optimizers from their configuration.</summary>
public static class Optimizers
{
    /// <summary>An optimizer over the parameters, in one group or, where biases and norms are to keep their size, in two.</summary>
    /// <param name="config">Which optimizer and its settings.</param>
    /// <param name="parameters">What it moves.</param>
    public static OptimizerHelper Create(OptimizerConfig config, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        var groups = Groups(config, parameters);
        var (rate, first, second, eps) = (config.LearningRate, config.Beta1, config.Beta2, config.Epsilon);
        return config.Name switch
        {
            OptimizerName.Adamw =>
                optim.AdamW(groups.Select(group => new AdamW.ParamGroup(group.Parameters, rate, first, second, eps, group.Decay)), rate),
            OptimizerName.Adam =>
                optim.Adam(groups.Select(group => new Adam.ParamGroup(group.Parameters, rate, first, second, eps, group.Decay)), rate),
            OptimizerName.Sgd => optim.SGD(groups.Select(group => new SGD.ParamGroup(group.Parameters, rate, first, 0, group.Decay)), rate),
            _ => throw new ArgumentOutOfRangeException(nameof(config), config.Name, "an unknown optimizer"),
        };
    }

    /// <summary>The parameters by the weight decay they get; groups without parameters are left out.</summary>
    /// <param name="parameters">All parameters.</param>
    public static IReadOnlyList<(IReadOnlyList<Parameter> Parameters, double Decay)> Groups(
        OptimizerConfig config, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        bool Decays(Parameter parameter) => !config.DecayMatricesOnly || parameter.dim() > 1;
        IReadOnlyList<(IReadOnlyList<Parameter> Parameters, double Decay)> groups =
        [
            ([.. parameters.Select(entry => entry.Parameter).Where(Decays)], config.WeightDecay),
            ([.. parameters.Select(entry => entry.Parameter).Where(parameter => !Decays(parameter))], 0),
        ];
        return [.. groups.Where(group => group.Parameters.Count > 0)];
    }
}
