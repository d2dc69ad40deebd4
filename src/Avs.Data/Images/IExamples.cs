using static TorchSharp.torch;

namespace Avs.Data.Images;

/// <summary>The examples of one split in memory, whatever an example is.</summary>
public interface IExamples : IDisposable
{
    /// <summary>A short name for reports, such as `fashion_mnist test`.</summary>
    string Name { get; }

    int Count { get; }

    /// <summary>Some examples: float32 [N,C,H,W] in [0, 1] of each modality, of which images have one.</summary>
    /// <param name="rows">Their indices.</param>
    IReadOnlyList<Tensor> Batch(ReadOnlySpan<long> rows);
}
