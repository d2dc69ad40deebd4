using static TorchSharp.torch;

namespace Avs.Data.Images;

/// <summary>One modality of a set's examples.</summary>
/// <param name="Name">Its name in logs.</param>
/// <param name="Values">[n,C,H,W], uint8 in [0, 255] or float32 in [0, 1]; a spectrogram is an image of one channel.</param>
public sealed record ModalityTensor(string Name, Tensor Values);

/// <summary>
/// Something that is known of each example and that no model gets, to see what its codes hold: the digit, the quadrant.
/// </summary>
/// <param name="Classes">The names of its values.</param>
/// <param name="Labels">The index of each example's value.</param>
/// <param name="Modality">The index of the modality that it belongs to; null of what all modalities of an example share.</param>
public sealed record Factor(string Name, IReadOnlyList<string> Classes, IReadOnlyList<int> Labels, int? Modality);

/// <summary>The examples of one split in memory: several images (or spectrograms) of each, and what is known of it.</summary>
public sealed class MultimodalTensors : IExamples
{
    /// <summary>Takes ownership of the tensors.</summary>
    /// <exception cref="ArgumentException">Modalities or factors have different numbers of examples.</exception>
    public MultimodalTensors(string name, IReadOnlyList<ModalityTensor> modalities, IReadOnlyList<Factor> factors)
    {
        (Name, Modalities, Factors) = (name, modalities, factors);
        Count = (int)modalities[0].Values.shape[0];
        if (modalities.Any(modality => modality.Values.shape[0] != Count) || factors.Any(factor => factor.Labels.Count != Count))
            throw new ArgumentException($"{name}: modalities or factors of different numbers of examples");
    }

    public string Name { get; }

    public int Count { get; }

    public IReadOnlyList<ModalityTensor> Modalities { get; }

    public IReadOnlyList<Factor> Factors { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Batch(ReadOnlySpan<long> rows)
    {
        using var scope = NewDisposeScope();
        var index = tensor(rows.ToArray());
        return [.. Modalities.Select(
            modality => ImageTensors.UnitRange(modality.Values.index_select(0, index)).MoveToOuterDisposeScope())];
    }

    /// <summary>Examples in their order: float32 [N,C,H,W] in [0, 1] of each modality.</summary>
    public IReadOnlyList<Tensor> Batch(int first, int count)
    {
        using var scope = NewDisposeScope();
        return [.. Modalities.Select(
            modality => ImageTensors.UnitRange(modality.Values.narrow(0, first, count)).MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var modality in Modalities)
            modality.Values.Dispose();
    }
}
