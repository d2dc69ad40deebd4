using Avs.Core.Configuration;

namespace Avs.Train.Training;

/// <summary>What an experiment says of its run, whatever is trained in it.</summary>
public sealed record RunConfig : ICrossChecked
{
    /// <summary>Name of the experiment: its runs lie under `runs/NAME/`.</summary>
    public string Name { get; init; } = "experiment";

    /// <summary>The seed of every random number of the run. The ECMVAE paper: 1234.</summary>
    public long Seed { get; init; } = 1234;

    /// <summary>What is trained; it decides which keys there are besides these.</summary>
    public string Task { get; init; } = "segmentation";

    public TrainConfig Train { get; init; } = new();

    public Misfit? FindMisfit() => Name.Length > 0 && Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
        ? null
        : new Misfit(nameof(Name), "letters, digits, '_', '-' and '.', for it names a folder");
}
