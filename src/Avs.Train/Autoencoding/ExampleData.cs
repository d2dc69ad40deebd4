using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>Opens the examples that an experiment names.</summary>
public static class ExampleData
{
    // The sets say how verbs are given a folder; an experiment is given it by a key.
    private const string VerbsOption = "--root DIR", ExperimentsKey = "data.root, or --data DIR";

    /// <summary>Reads a split of images into memory.</summary>
    /// <param name="log">Gets a few words when something is fetched.</param>
    /// <exception cref="UsageException">There is no such set, it needs a folder, or its images do not fit the configuration.</exception>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static ImageTensors Open(ImageDataConfig config, Split split, Action<string>? log = null) => Open(
        options => ImageTensors.Load(ImageSets.Open(config.Set, split, options), config.Pad),
        new ImageSetOptions
        {
            Root = config.Root,
            Side = config.Side,
            ValidationImages = config.ValidationImages,
            Seed = config.SplitSeed,
        },
        log);

    /// <summary>Reads a split of a multimodal set into memory.</summary>
    /// <param name="log">Gets a few words when something is fetched.</param>
    /// <exception cref="UsageException">There is no such set, or it needs a folder.</exception>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static MultimodalTensors Open(MultimodalDataConfig config, Split split, Action<string>? log = null) => Open(
        options => MultimodalSets.Open(config.Set, split, options),
        new ImageSetOptions { Root = config.Root, Side = config.Side },
        log);

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

    private static T Open<T>(Func<ImageSetOptions, T> open, ImageSetOptions options, Action<string>? log)
    {
        try
        {
            return open(options with { Log = log ?? (_ => { }) });
        }
        catch (UsageException e) when (options.Root is null && e.Message.Contains(VerbsOption, StringComparison.Ordinal))
        {
            throw new UsageException(e.Message.Replace(VerbsOption, ExperimentsKey, StringComparison.Ordinal), e);
        }
    }
}
