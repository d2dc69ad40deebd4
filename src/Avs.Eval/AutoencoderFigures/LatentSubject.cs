using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Data.Images;
using Avs.Eval.Autoencoding;
using Avs.Models.Vae.Autoencoders;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>A trained network and the images that it is looked at with.</summary>
/// <param name="Network">In evaluation mode.</param>
/// <param name="Images">Of the shape that the network encodes.</param>
/// <param name="Name">What headings call it, such as a run's name.</param>
public sealed record LatentSubject(AutoencoderNetwork Network, ImageTensors Images, string Name)
{
    /// <summary>Where the network computes.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>Of everything that is drawn.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Images in [0, 1] as the network was trained on them, such as binarized.</summary>
    public Func<Tensor, Tensor> Preprocess { get; init; } = images => images.alias();

    /// <summary>How many images are encoded where a picture is of many: the first of the split.</summary>
    public int Most { get; init; } = 5000;

    /// <summary>K.</summary>
    public int LatentSize => latentSize ??= FindLatentSize();

    private int? latentSize;

    internal int Encoded => Math.Min(Most, Images.Count);

    /// <summary>Images as the network sees them, [N,C,H,W] where it computes.</summary>
    /// <exception cref="UsageException">There is no such image.</exception>
    public Tensor Batch(IReadOnlyList<int> rows)
    {
        foreach (var row in rows)
            if (row < 0 || row >= Images.Count)
                throw new UsageException($"there is no image {row}: {Images.Name} has {Images.Count}, counted from 0");
        using var scope = NewDisposeScope();
        return Preprocess(Images.Batch(rows.Select(row => (long)row).ToArray())).to(Device).MoveToOuterDisposeScope();
    }

    /// <summary>The codes of the first images, on the CPU.</summary>
    internal ImageCodes Encode() => ImageCodes.Encode(
        Network, [.. Enumerable.Range(0, Encoded).Select(row => (long)row)], rows => Batch([.. rows.Select(row => (int)row)]));

    /// <summary>The means of some images' codes [N,K], on the CPU.</summary>
    internal Tensor Means(IReadOnlyList<int> rows)
    {
        using var scope = NewDisposeScope();
        return Network.Encode(Batch(rows)).Mean.cpu().MoveToOuterDisposeScope();
    }

    /// <summary>Images x̃ of codes [N,K], on the CPU.</summary>
    internal Tensor Decode(Tensor codes) => ImageBatches.Join(
        (int)codes.shape[0], (first, count) => Network.Decode(codes.narrow(0, first, count).to(Device)));

    internal Generator CreateGenerator(string name) => NamedGenerator.Create(Seed, $"latent/{name}");

    internal NamedRandom CreateRandom(string name) => new(Seed, $"latent/{name}");

    /// <summary>The name of an image's class; empty where it has none.</summary>
    public string ClassName(int row) => Images.Labels[row] is var label and >= 0 ? Images.Classes[label] : "";

    /// <summary>Some images, from as many classes as there are, in the order of the split.</summary>
    /// <param name="count">At most so many.</param>
    public int[] OnePerClass(int count)
    {
        var first = Enumerable.Range(0, Images.Count).DistinctBy(row => Images.Labels[row]).OrderBy(row => Images.Labels[row]).ToArray();
        return first.Length > 1
            ? [.. first.Take(count)]
            : [.. Enumerable.Range(0, Math.Min(count, Images.Count))];
    }

    /// <summary>Refuses a network with fewer dimensions than a picture shows.</summary>
    internal void RequireDimensions(int least, string picture)
    {
        if (LatentSize < least)
            throw new UsageException($"{picture} shows {least} dimensions, but the codes of {Name} have {LatentSize}");
    }

    private int FindLatentSize()
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        return (int)Means([0]).shape[1];
    }
}
