using Avs.Data.Images;
using Avs.Models.Vae.Networks;
using static TorchSharp.torch;

namespace Avs.Eval.Autoencoding;

/// <summary>Images with a class each: what a classifier learns from, or is tested on.</summary>
/// <param name="Name">Which images, and which classes of them: `fashion_mnist train`.</param>
/// <param name="Classes">The names of the classes.</param>
/// <param name="Labels">The class of each image.</param>
/// <param name="Batch">Some images by their indices: float32 [N,C,H,W] in [0, 1].</param>
public sealed record LabelledImages(
    string Name, ImageShape Shape, IReadOnlyList<string> Classes, IReadOnlyList<int> Labels, Func<long[], Tensor> Batch)
{
    public int Count => Labels.Count;

    /// <summary>Images with their classes.</summary>
    /// <exception cref="ArgumentException">They have none.</exception>
    public static LabelledImages FromClasses(ImageTensors images) => images.Classes.Count == 0
        ? throw new ArgumentException($"the images of {images.Name} have no classes", nameof(images))
        : new(images.Name, ShapeOf(images), images.Classes, [.. images.Labels.Take(images.Count)], rows => images.Batch(rows));

    /// <summary>Images with and without an attribute: two classes.</summary>
    /// <param name="attribute">Its name.</param>
    /// <exception cref="ArgumentException">They have no such attribute.</exception>
    public static LabelledImages FromAttribute(ImageTensors images, string attribute)
    {
        var index = Enumerable.Range(0, images.Attributes.Count).FirstOrDefault(i => images.Attributes[i] == attribute, -1);
        return index < 0
            ? throw new ArgumentException($"the images of {images.Name} have no attribute '{attribute}'", nameof(attribute))
            : new($"{images.Name} {attribute}", ShapeOf(images), [$"not {attribute}", attribute],
                [.. images.AttributesOf.Take(images.Count).Select(has => has[index] ? 1 : 0)], rows => images.Batch(rows));
    }

    /// <summary>One modality's images with what is known of them.</summary>
    /// <param name="modality">The modality's index.</param>
    public static LabelledImages FromModality(MultimodalTensors examples, int modality, Factor factor)
    {
        var one = examples.Modalities[modality];
        var only = new MultimodalTensors(examples.Name, [one], []); // the same memory, which stays the caller's
        var shape = new ImageShape
        {
            Channels = (int)one.Values.shape[1],
            Height = (int)one.Values.shape[2],
            Width = (int)one.Values.shape[3],
        };
        return new($"{examples.Name} {one.Name} {factor.Name}", shape, factor.Classes, factor.Labels, rows => only.Batch(rows)[0]);
    }

    private static ImageShape ShapeOf(ImageTensors images) =>
        new() { Channels = images.Channels, Height = images.Height, Width = images.Width };
}
