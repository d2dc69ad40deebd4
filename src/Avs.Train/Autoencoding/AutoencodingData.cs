using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>Opens the images that an experiment names.</summary>
public static class AutoencodingData
{
    /// <summary>Reads a split into memory.</summary>
    /// <param name="log">Gets a few words when something is fetched.</param>
    /// <exception cref="UsageException">There is no such set, it needs a folder, or its images do not fit the configuration.</exception>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static ImageTensors Open(ImageDataConfig config, Split split, Action<string>? log = null)
    {
        var images = RootMessage.Reword(config.Root, () => ImageSets.Open(config.Set, split, new ImageSetOptions
        {
            Root = config.Root,
            Side = config.Side,
            ValidationImages = config.ValidationImages,
            Seed = config.SplitSeed,
            Log = log ?? (_ => { }),
        }));
        return config.Side is { } side && images.Height != side
            ? throw new UsageException(
                $"data.side: found {side}, but the images of {config.Set} have one size already, {images.Height}x{images.Width}")
            : ImageTensors.Load(images, config.Pad);
    }

    /// <summary>Images as the model sees them: as they are, or binarized.</summary>
    /// <param name="images">[N,C,H,W] in [0, 1].</param>
    /// <param name="generator">Draws, where binarization does.</param>
    public static Tensor Binarize(Tensor images, Binarization how, Generator generator)
    {
        using var scope = NewDisposeScope();
        return (how switch
        {
            Binarization.None => images.alias(),
            Binarization.Threshold => images.ge(0.5).to(ScalarType.Float32),
            // Drawn in the CPU's memory, the only one that TorchSharp's generators serve.
            _ => rand(images.shape, generator: generator).to(images.device).lt(images).to(ScalarType.Float32),
        }).MoveToOuterDisposeScope();
    }
}
