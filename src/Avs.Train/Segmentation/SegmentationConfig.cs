using Avs.Core.Configuration;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Models;
using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;

namespace Avs.Train.Segmentation;

/// <summary>What an experiment says of learning to segment what sounds.</summary>
public sealed record SegmentationConfig
{
    /// <summary>The data set.</summary>
    public DataConfig Data { get; init; } = new();

    public ModelConfig Model { get; init; } = new();

    /// <summary>The weights and choices of the loss. The model's preset says which family's; what is not said is the preset's.</summary>
    public SegmentationObjective Objective { get; init; } = new EcmvaeObjective();

    /// <summary>Random changes of training clips. The paper: flips with probability 0.3, nothing else.</summary>
    public AugmentOptions Augment { get; init; } = new() { Flip = FlipMode.Clip };

    /// <summary>The choices of every evaluation, the validations in training among them.</summary>
    public EvaluateConfig Evaluate { get; init; } = new();

    /// <summary>This experiment with a preset's model, objective and habits.</summary>
    public SegmentationConfig With(ModelPreset preset) => this with
    {
        Model = ModelConfig.From(preset),
        Objective = preset.Objective,
        Augment = preset.FlipsFramesApart ? Augment with { Flip = FlipMode.ReferencePerFrame } : Augment,
        Evaluate = Evaluate with { Latent = preset.Latent },
    };
}

/// <summary>Which data set, and what of it makes a batch.</summary>
public sealed record DataConfig
{
    /// <summary>The folder that holds `Single-source`, `Multi-sources` or `Semantic-labels`, relative to the working folder.</summary>
    public string Root { get; init; } = "data/avs-stamps";

    /// <summary>Which subset of it.</summary>
    public Subset Subset { get; init; } = Subset.S4;

    /// <summary>
    /// Whether training clips of S4, and of AVSS those with one source, use the masks of all their frames, where the data set has them
    /// (AVS-Stamps); AVSBench labels the first only.
    /// </summary>
    public bool AllTrainMasks { get; init; }

    /// <summary>Clips in a training step's batch. The paper: 4 (of 5 frames).</summary>
    [AtLeast(1)] public int BatchClips { get; init; } = 4;

    /// <summary>Frames drawn at random from each clip for a training step; null takes all of them, as the paper does.</summary>
    [AtLeast(1)] public int? FramesDrawn { get; init; }

    /// <summary>Whether clips of the same scene (same picture, another object sounding) come in the same batch.</summary>
    public bool Pairing { get; init; }

    /// <summary>
    /// A file for each split that holds the clips decoded, and what a frozen audio network makes of their sound: none; auto, which keeps it
    /// under `$AVS_CACHE` or `~/.cache/avs-research`; or a folder.
    /// </summary>
    public string Cache { get; init; } = "none";

    /// <summary>Whether decoded clips stay in memory (reduced to the model's image size), so that each is decoded only once.</summary>
    public bool InMemory { get; init; } = true;

    /// <summary>
    /// How many training clips may turn out unreadable; each is set aside, another takes its place, and the log names it. One more ends the
    /// run.
    /// </summary>
    [AtLeast(0)] public int MaxBadClips { get; init; }

    /// <summary>Batches that are made ready ahead of the training step.</summary>
    [AtLeast(1)] public int Ahead { get; init; } = 4;

    /// <summary>Threads that decode and augment.</summary>
    [AtLeast(1)] public int Workers { get; init; } = 2;
}

/// <summary>Which model: a preset by name, with changes to it.</summary>
public sealed record ModelConfig
{
    /// <summary>The preset; `avs models` lists them.</summary>
    public string Name { get; init; } = "ecmvae_small";

    /// <summary>The audio network. Unless said, the preset's.</summary>
    public string Audio { get; init; } = "small";

    /// <summary>Whether the audio network stays as it is; null: as that network is meant (VGGish does, the small one learns).</summary>
    public bool? FreezeAudio { get; init; }

    /// <summary>
    /// A file of weights for the whole model to start from: a checkpoint of this program's or of the authors', or the folder of a run,
    /// whose best checkpoint is taken; null: none.
    /// </summary>
    public string? Weights { get; init; }

    /// <summary>The publisher's file of weights for the backbone to start from, or the folder that it lies in; null: none.</summary>
    public string? BackboneWeights { get; init; }

    /// <summary>The publisher's file of weights for the audio network to start from, or the folder that it lies in; null: none.</summary>
    public string? AudioWeights { get; init; }

    /// <summary>The network. The preset says of which family; what is not said is the preset's.</summary>
    public NetworkConfig Network { get; init; } = new EcmvaeConfig();

    /// <summary>The preset of a name, unchanged.</summary>
    public static ModelConfig From(ModelPreset preset) =>
        new() { Name = preset.Name, Audio = preset.Config.Audio, FreezeAudio = preset.Config.FreezeAudio, Network = preset.Config.Network };

    /// <summary>The same model without files to start from: its weights come from a checkpoint.</summary>
    public ModelConfig WithoutWeights() => this with { Weights = null, BackboneWeights = null, AudioWeights = null };

    /// <summary>What the models' own code builds from.</summary>
    public SegmenterConfig ToSegmenter() => new() { Audio = Audio, FreezeAudio = FreezeAudio, Network = Network };
}

/// <summary>How a model is measured during and after training.</summary>
public sealed record EvaluateConfig : ICrossChecked
{
    /// <summary>Validation looks at only this many clips, spread evenly over the split; null: all.</summary>
    [AtLeast(1)] public int? Clips { get; init; }

    /// <summary>
    /// Clips in a call of the model. No score depends on it, for the calls of four clips of the reference mode are the metric's own; only
    /// draws of the latent codes, where they are drawn, fall otherwise.
    /// </summary>
    [AtLeast(1)] public int BatchClips { get; init; } = 4;

    /// <summary>How the latent codes are chosen.</summary>
    public LatentMode Latent { get; init; } = LatentMode.Mean;

    /// <summary>Number of draws when the latent codes are drawn.</summary>
    [AtLeast(1)] public int Samples { get; init; } = 1;

    /// <summary>Whether a picture and its mirror image are both looked at and their probabilities averaged.</summary>
    public bool Flip { get; init; }

    public Misfit? FindMisfit() => Samples > 1 && Latent != LatentMode.Sample
        ? new Misfit(nameof(Samples), $"1, for evaluate.latent is {RecordReader.SnakeCase(Latent.ToString())}; sample takes more")
        : null;
}
