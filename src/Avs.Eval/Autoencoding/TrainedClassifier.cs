using Avs.Models.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Eval.Autoencoding;

/// <summary>A classifier that was trained here, with what it is worth.</summary>
public sealed class TrainedClassifier : IDisposable
{
    private readonly ImageClassifier network;
    private readonly Device device;

    /// <summary>Takes ownership of the network.</summary>
    /// <param name="test">Images to test it on, none of which it was trained on.</param>
    public TrainedClassifier(ImageClassifier network, LabelledImages test, Device? device = null)
    {
        (this.network, this.device) = (network, device ?? CPU);
        network.to(this.device).eval();
        Classes = test.Classes;
        var rows = Enumerable.Range(0, test.Count).Select(row => (long)row).ToArray();
        var right = 0;
        foreach (var part in rows.Chunk(ImageBatches.Size))
        {
            using var scope = NewDisposeScope();
            right += Classify(test.Batch(part)).Zip(part).Count(pair => pair.First == test.Labels[(int)pair.Second]);
        }
        TestAccuracy = 1.0 * right / test.Count;
    }

    /// <summary>The names of the classes.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The share of the test images whose class it finds.</summary>
    public double TestAccuracy { get; }

    /// <summary>The likeliest class of each image.</summary>
    public int[] Classify(Tensor images)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        return [.. network.call(images.to(device)).argmax(1).cpu().data<long>().ToArray().Select(label => (int)label)];
    }

    /// <summary>The probability of each class, [N,C,H,W] -> [N,classes], on the CPU.</summary>
    public Tensor Probabilities(Tensor images)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        return network.call(images.to(device)).softmax(1).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>The last layer before the classes, [N,C,H,W] -> [N,64], on the CPU.</summary>
    public Tensor Features(Tensor images)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        return network.Features(images.to(device)).cpu().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();
}
