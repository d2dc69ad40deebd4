using Avs.Core;
using Avs.Core.Configuration;
using Avs.Models.Vae;
using Avs.Models.Vae.Autoencoders;

namespace Avs.Train.Autoencoding;

/// <summary>What an experiment says of learning to encode and decode images.</summary>
public sealed record AutoencodingConfig : ILeavesKeysOut
{
    public ImageDataConfig Data { get; init; } = new();

    public AutoencoderModelConfig Model { get; init; } = new();

    /// <summary>The weights and choices of the loss. The model's preset says of which kind; what is not said is the preset's.</summary>
    public AutoencoderObjective Objective { get; init; } = new ReconstructionObjective();

    public AutoencodingEvaluateConfig Evaluate { get; init; } = new();

    /// <summary>This experiment with a preset's model and objective.</summary>
    public AutoencodingConfig With(AutoencoderPreset preset) =>
        this with { Model = AutoencoderModelConfig.From(preset), Objective = preset.Objective };

    IEnumerable<string> ILeavesKeysOut.KeysLeftOut => Model.ImageIsTheDatas ? ["model.network.image"] : [];
}

/// <summary>Which images, and how many make a batch.</summary>
public sealed record ImageDataConfig
{
    /// <summary>The image set; `avs data images` lists them.</summary>
    public string Set { get; init; } = "fashion_mnist";

    /// <summary>The folder of its files; null for sets that are fetched.</summary>
    public string? Root { get; init; }

    /// <summary>The side to which the middle square of each image of a folder is resized; null: all are of one size already.</summary>
    [AtLeast(1)] public int? Side { get; init; }

    /// <summary>Zeros on each of the four sides: 2 makes 32x32 of 28x28.</summary>
    [AtLeast(0)] public int Pad { get; init; }

    /// <summary>How many training images are set aside for validation, of sets that have official training and test images only.</summary>
    [AtLeast(1)] public int ValidationImages { get; init; } = 5_000;

    /// <summary>
    /// Decides which images go into which split where that is not official. It is not the run's seed, so that runs of several seeds are
    /// validated and tested on the same images.
    /// </summary>
    public long SplitSeed { get; init; } = 1;

    /// <summary>Images in a training step's batch. What is left of an epoch after its last whole batch is left out.</summary>
    [AtLeast(1)] public int BatchImages { get; init; } = 100;

    /// <summary>Whether pixels become 0 or 1.</summary>
    public Binarization Binarize { get; init; }
}

/// <summary>How pixels in [0, 1] become 0 or 1.</summary>
public enum Binarization
{
    /// <summary>They stay as they are.</summary>
    None,

    /// <summary>Drawn anew each time an image is looked at, with the pixel as the probability of a 1.</summary>
    Dynamic,

    /// <summary>1 from 0.5 on.</summary>
    Threshold,
}

/// <summary>Which model: a preset by name, with changes to it.</summary>
public sealed record AutoencoderModelConfig
{
    /// <summary>The preset; `avs models` lists them.</summary>
    public string Name { get; init; } = VaeRegistry.Autoencoders[0].Name;

    /// <summary>The network. The preset says of which kind; what is not said is the preset's, but the image, which is the data's.</summary>
    public AutoencoderConfig Network { get; init; } = VaeRegistry.Autoencoders[0].Config;

    /// <summary>Whether the file leaves the shape of the images to the data.</summary>
    internal bool ImageIsTheDatas { get; init; }

    /// <summary>The preset, unchanged.</summary>
    public static AutoencoderModelConfig From(AutoencoderPreset preset) => new() { Name = preset.Name, Network = preset.Config };

    /// <exception cref="UsageException">The images cannot be halved as often as the network does.</exception>
    internal AutoencoderNetwork CreateNetwork()
    {
        try
        {
            return Network.Create();
        }
        catch (UsageException e)
        {
            throw new UsageException($"model.network: {e.Message}; data.pad adds rows and columns of zeros", e);
        }
    }
}

/// <summary>How a model is measured during training.</summary>
public sealed record AutoencodingEvaluateConfig
{
    /// <summary>Validation looks at only this many images, spread evenly over the split; null: all.</summary>
    [AtLeast(1)] public int? Images { get; init; }

    /// <summary>Images in a call of the model.</summary>
    [AtLeast(1)] public int BatchImages { get; init; } = 500;
}
