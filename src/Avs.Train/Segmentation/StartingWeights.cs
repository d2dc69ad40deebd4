using Avs.Core;
using Avs.Models;
using Avs.Models.Weights;
using Avs.Train.Runs;

namespace Avs.Train.Segmentation;

/// <summary>Fills a fresh model with the weights that its configuration names: those of the parts first, then those of the whole.</summary>
internal static class StartingWeights
{
    /// <summary>Refuses an audio network that would be used as it was drawn.</summary>
    /// <param name="config">The configuration that it was built from.</param>
    /// <param name="learns">Whether training comes next, so that an audio network that learns may begin as it was drawn.</param>
    /// <exception cref="UsageException">The sentence names the file and its publisher.</exception>
    public static void RequireSound(AudioVisualSegmenter model, ModelConfig config, bool learns)
    {
        if (model.Audio is null || config.AudioWeights is not null || (learns && model.FrozenAudio is null))
            return;
        if (config.Weights is { } whole && SegmenterWeights.HoldsAudio(model, FindCheckpoint(config, whole)))
            return;
        var published = PublishedWeights.Of(config.Audio);
        if (!learns)
            throw new UsageException($"model.audio_weights: found nothing, expected the file of {config.Audio}'s weights, for "
                + $"{config.Weights} does not hold them "
                + $"and a freshly drawn audio network says nothing about the sound{(published is null ? "" : $"; {published.Where}")}");
        if (published is not null)
            throw new UsageException($"model.audio_weights: found nothing, expected the file of {config.Audio}'s weights, for it is used "
                + $"as it is; {published.Where}; "
                + "or let it learn from nothing: model.freeze_audio: false");
    }

    /// <summary>Loads what is named, and nothing else.</summary>
    /// <param name="model">The fresh model, on the CPU.</param>
    /// <param name="config">The configuration that it was built from.</param>
    /// <exception cref="UsageException">Weights are named for an audio network, and the model has none.</exception>
    /// <exception cref="DataException">A file is missing, damaged or of another model.</exception>
    public static void Load(AudioVisualSegmenter model, ModelConfig config)
    {
        if (config.BackboneWeights is { } backbone)
            SegmenterWeights.LoadBackbone(model, PublishedFile.Find("model.backbone_weights", backbone, config.Network.Backbone));
        if (config.AudioWeights is { } audio)
        {
            if (model.Audio is null)
                throw new UsageException(
                    $"model.audio_weights: found '{audio}', but {config.Name} as configured uses no sound, so it has no audio network");
            SegmenterWeights.LoadAudio(model, PublishedFile.Find("model.audio_weights", audio, config.Audio));
        }
        if (config.Weights is { } whole)
            SegmenterWeights.LoadModel(model, FindCheckpoint(config, whole));
    }

    // The folder of a run stands for its best checkpoint.
    private static string FindCheckpoint(ModelConfig config, string path) => Directory.Exists(path)
        ? Checkpoint.Find(path)
        : PublishedFile.FindCheckpoint("model.weights", path, ModelRegistry.Find(config.Name).Checkpoints);
}
