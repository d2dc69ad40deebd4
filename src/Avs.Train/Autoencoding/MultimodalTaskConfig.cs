using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Core;
using Avs.Core.Configuration;
using Avs.Models.Vae;
using Avs.Models.Vae.Multimodal;
using Avs.Models.Vae.Networks;

namespace Avs.Train.Autoencoding;

/// <summary>What an experiment says of learning several modalities together.</summary>
public sealed record MultimodalTaskConfig
{
    public MultimodalDataConfig Data { get; init; } = new();

    public MultimodalModelConfig Model { get; init; } = new();

    /// <summary>The weights and choices of the loss. The model's preset says of which kind; what is not said is the preset's.</summary>
    public MultimodalObjective Objective { get; init; } = VaeRegistry.Multimodal[0].Objective;

    public MultimodalEvaluateConfig Evaluate { get; init; } = new();

    /// <summary>This experiment with a preset's model and objective.</summary>
    public MultimodalTaskConfig With(MultimodalPreset preset) =>
        this with { Model = MultimodalModelConfig.From(preset), Objective = preset.Objective };
}

/// <summary>Which examples, and how many make a batch.</summary>
public sealed record MultimodalDataConfig
{
    /// <summary>The multimodal set.</summary>
    public string Set { get; init; } = "poly_digits";

    /// <summary>The folder of its files.</summary>
    public string? Root { get; init; } = "data/poly-digits";

    /// <summary>The side to which its images are resized, of sets that are made of larger ones; null: as the set has them.</summary>
    [AtLeast(1)] public int? Side { get; init; }

    /// <summary>Examples in a training step's batch. What is left of an epoch after its last whole batch is left out.</summary>
    [AtLeast(1)] public int BatchExamples { get; init; } = 100;

    /// <summary>
    /// The probability that a modality of a training example is hidden from the model, drawn anew for each batch; one of each example
    /// stays.
    /// </summary>
    [AtLeast(0), Below(1)] public double MissingShare { get; init; }
}

/// <summary>Which model: a preset by name, with changes to it.</summary>
public sealed partial record MultimodalModelConfig
{
    /// <summary>The preset; `avs models` lists them.</summary>
    public string Name { get; init; } = VaeRegistry.Multimodal[0].Name;

    /// <summary>The network. The preset says of which kind; what is not said is the preset's.</summary>
    public MultimodalConfig Network { get; init; } = VaeRegistry.Multimodal[0].Config;

    /// <summary>Names and shapes, `frame 3x64x64`, so that a checkpoint can be read without its data; none: the data's.</summary>
    public IReadOnlyList<string> Modalities { get; init; } = [];

    /// <summary>What log p(x | z) of each modality counts beside the others', which may have more numbers; none: 1 each.</summary>
    [AtLeast(0)] public IReadOnlyList<double> ModalityWeights { get; init; } = [];

    /// <summary>The preset, unchanged.</summary>
    public static MultimodalModelConfig From(MultimodalPreset preset) => new() { Name = preset.Name, Network = preset.Config };

    /// <exception cref="UsageException">A modality is not a name and a shape, or they do not fit the network.</exception>
    internal MultimodalNetwork CreateNetwork()
    {
        if (ModalityWeights.Count > 0 && ModalityWeights.Count != Modalities.Count)
            throw new UsageException($"model.modality_weights: found {ModalityWeights.Count} numbers, expected one for each of the "
                + $"modalities {string.Join(", ", Modalities)}");
        Modality[] modalities = [.. Modalities.Select((text, i) =>
            Parse(text, i) with { Weight = ModalityWeights.Count == 0 ? 1 : ModalityWeights[i] })];
        try
        {
            return Network.Create(modalities);
        }
        catch (UsageException e)
        {
            throw new UsageException($"model.network: {e.Message}", e);
        }
    }

    private static Modality Parse(string text, int index)
    {
        if (NameAndShape().Match(text) is not { Success: true } match)
            throw new UsageException(
                $"model.modalities[{index}]: found '{text}', expected a name and a shape such as 'frame 3x64x64'");
        int Number(int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
        return new Modality(match.Groups[1].Value, new ImageShape { Channels = Number(2), Height = Number(3), Width = Number(4) });
    }

    [GeneratedRegex(@"^(\S+) ([1-9]\d{0,4})x([1-9]\d{0,4})x([1-9]\d{0,4})$")]
    private static partial Regex NameAndShape();
}

/// <summary>How a model is measured during training.</summary>
public sealed record MultimodalEvaluateConfig
{
    /// <summary>Validation looks at only this many examples, spread evenly over the split; null: all.</summary>
    [AtLeast(1)] public int? Examples { get; init; }

    /// <summary>Examples in a call of the model.</summary>
    [AtLeast(1)] public int BatchExamples { get; init; } = 100;
}
