using Avs.Core.Configuration;
using static TorchSharp.torch;

// What a model family brings: one sealed record of its sizes and choices (a NetworkConfig), the network that the record builds, and the
// objective that it learns by. Everything else (audio networks, training, evaluation, configuration files) knows these three only.

namespace Avs.Models.Segmentation;

/// <summary>A network that segments frames by their audio embeddings, without the audio network that makes these.</summary>
public abstract class SegmentationNetwork(string name) : nn.Module<AvsInput, SegmenterOutput>(name)
{
    /// <summary>
    /// The prediction of several draws of the latent codes; a network without latent codes has one answer, that of <c>forward</c>.
    /// </summary>
    /// <param name="input">Frames, audio embeddings and the source of the draws, without masks.</param>
    /// <param name="draws">How many.</param>
    public virtual MaskPrediction Sample(AvsInput input, int draws) => new(call(input).Logits);

    /// <summary>Beginnings of names in the authors' checkpoints that this network has no entry for, because nothing uses them.</summary>
    public virtual IReadOnlyList<string> PublishedLeftovers => [];

    /// <summary>
    /// Whether a parameter exists for the published checkpoints' sake only: it takes no part in any output and gets no gradient.
    /// </summary>
    /// <param name="name">A name out of <c>named_parameters()</c>.</param>
    public abstract bool IsUnused(string name);
}

/// <summary>
/// The sizes and choices of a network: one sealed record a family. Immutable; networks check the values that they are given.
/// </summary>
public abstract record NetworkConfig
{
    /// <summary>
    /// Name of the visual backbone (see <see cref="Backbones.BackboneRegistry"/>). The papers: <c>resnet50</c> and <c>pvt_v2_b5</c>.
    /// </summary>
    public string Backbone { get; init; } = "resnet50";

    /// <summary>
    /// Probability of stochastic depth at the last block of a transformer backbone, in training only. The papers: 0.1. Convolutional
    /// backbones have none.
    /// </summary>
    [AtLeast(0), Below(1)] public double DropPath { get; init; } = 0.1;

    /// <summary>Side of the square input in pixels, a multiple of 32. The papers: 224.</summary>
    [MultipleOf(32)] public int ImageSize { get; init; } = 224;

    /// <summary>
    /// 1 for a mask of what sounds (S4, MS3), or the classes of the data, the background among them (AVSS: 71): as many channels has the
    /// last convolution.
    /// </summary>
    [AtLeast(1), AtMost(256)] public int Classes { get; init; } = 1;

    /// <summary>Channels of an audio embedding. The papers: 128 (VGGish).</summary>
    [AtLeast(1)] public int AudioChannels { get; init; } = 128;

    /// <summary>Whether the network looks at its audio embeddings; without that no audio network is built.</summary>
    public virtual bool UsesSound => true;

    /// <summary>Whether predictions depend on latent codes, which can be drawn.</summary>
    public virtual bool HasLatentCodes => false;

    /// <summary>Builds the network with fresh weights, drawn from torch's default generator; neither disk nor network is touched.</summary>
    public abstract SegmentationNetwork Create();

    /// <summary>The objective of the family with its defaults.</summary>
    public abstract SegmentationObjective DefaultObjective();
}
