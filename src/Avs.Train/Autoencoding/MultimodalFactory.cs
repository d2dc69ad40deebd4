using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Core;
using Avs.Models.Vae.Multimodal;
using Avs.Models.Vae.Networks;
using Avs.Train.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>Builds multimodal VAEs: with fresh weights for a run, or with those of a checkpoint.</summary>
public static partial class MultimodalFactory
{
    /// <summary>A network with weights that follow from the experiment's seed alone.</summary>
    /// <param name="experiment">One that names its modalities.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="UsageException">The modalities do not fit the network.</exception>
    public static MultimodalNetwork Create(MultimodalExperiment experiment, Device device)
    {
        var modalities = Modalities(experiment.Task.Model);
        // The library draws initial weights on the CPU from its default generator, so that generator is seeded first.
        manual_seed((long)(new NamedRandom(experiment.Run.Seed, "train/weights").NextUInt64() >> 1));
        try
        {
            var network = experiment.Task.Model.Network.Create(modalities);
            network.to(device);
            return network;
        }
        catch (UsageException e)
        {
            throw new UsageException($"model.network: {e.Message}", e);
        }
    }

    /// <summary>A trained network, in evaluation mode.</summary>
    /// <param name="path">The folder of a run, whose best checkpoint is taken, or a checkpoint.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="UsageException">There is no run or checkpoint of that name, or it is of another task.</exception>
    /// <exception cref="DataException">The checkpoint is missing, damaged, or does not say which experiment it comes from.</exception>
    public static (MultimodalNetwork Model, MultimodalExperiment Experiment, string Checkpoint) Load(string path, Device device)
    {
        var checkpoint = Checkpoint.Find(path);
        var experiment = MultimodalExperiment.FromCheckpoint(checkpoint);
        var model = Create(experiment, device);
        Checkpoint.Load(checkpoint, model);
        model.eval();
        return (model, experiment, checkpoint);
    }

    private static IReadOnlyList<Modality> Modalities(MultimodalModelConfig config)
    {
        if (config.ModalityWeights.Count > 0 && config.ModalityWeights.Count != config.Modalities.Count)
            throw new UsageException($"model.modality_weights: found {config.ModalityWeights.Count} numbers, expected one for each of the "
                + $"modalities {string.Join(", ", config.Modalities)}");
        return [.. config.Modalities.Select((text, i) => Modality().Match(text) is { Success: true } match
            ? new Modality(match.Groups[1].Value, new ImageShape { Channels = Number(match, 2), Height = Number(match, 3), Width = Number(match, 4) })
            {
                Weight = config.ModalityWeights.Count == 0 ? 1 : config.ModalityWeights[i],
            }
            : throw new UsageException($"model.modalities[{i}]: found '{text}', expected a name and a shape such as 'frame 3x64x64'"))];
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\S+) ([1-9]\d{0,4})x([1-9]\d{0,4})x([1-9]\d{0,4})$")]
    private static partial Regex Modality();
}
