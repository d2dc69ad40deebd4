using Avs.Models.Losses;
using TorchSharp;
using static TorchSharp.torch;

// What a model family brings: one sealed record of its sizes and choices (a NetworkConfig), the network that the record builds, and the objective
// that it learns by. Everything else (audio networks, training, evaluation, configuration files) knows these three only.

namespace Avs.Models;

/// <summary>What a network sees: frames and the audio vector of each.</summary>
/// <param name="Images">[N,3,H,W], clip-major.</param>
/// <param name="Audio">[N,D].</param>
/// <param name="FramesPerClip">T, so that N = B*T.</param>
/// <param name="Masks">[M,1,H,W] of the labelled frames, or null at test time.</param>
/// <param name="Labelled">Their rows, int64 [M], ascending; null when M = N.</param>
/// <param name="ClipsPerPicture">How many successive clips show the same frames.</param>
/// <param name="Observe">
/// Told the results on the way by the names of the modules that make them, for comparison with another implementation; they last for the call only.
/// Null: nobody.
/// </param>
public sealed record NetworkInput(
    Tensor Images, Tensor Audio, int FramesPerClip, Tensor? Masks = null, Tensor? Labelled = null, int ClipsPerPicture = 1,
    Action<string, Tensor>? Observe = null);

/// <summary>A network that segments frames by their audio vectors, without the audio network that makes the vectors.</summary>
public abstract class SegmentationNetwork(string name) : nn.Module<NetworkInput, ILatentNoise, SegmenterOutput>(name)
{
    /// <summary>Probabilities for a report. Call it in <c>eval()</c> mode under <c>torch.inference_mode()</c>.</summary>
    /// <param name="input">Frames and audio vectors; masks are not looked at.</param>
    /// <param name="latent">How the latent codes are chosen; a network without any does not look at it.</param>
    /// <param name="noise">The draws, for the modes that draw.</param>
    public abstract Prediction Predict(NetworkInput input, LatentAtTest latent, ILatentNoise noise);

    /// <summary>Beginnings of names in the authors' checkpoints that this network has no entry for, because nothing uses them.</summary>
    public virtual IReadOnlyList<string> PublishedLeftovers => [];

    /// <summary>Whether a parameter exists for the published checkpoints' sake only: it takes no part in any output and gets no gradient.</summary>
    /// <param name="name">A name out of <c>named_parameters()</c>.</param>
    public abstract bool IsUnused(string name);
}

/// <summary>The sizes and choices of a network: one sealed record a family. Immutable; values are checked as they are set.</summary>
public abstract record NetworkConfig
{
    /// <summary>Name of the visual backbone (see <see cref="Backbones.BackboneRegistry"/>). The papers: <c>resnet50</c> and <c>pvt_v2_b5</c>.</summary>
    public string Backbone { get; init; } = "resnet50";

    /// <summary>Probability of stochastic depth at the last block of a transformer backbone, in training only. The papers: 0.1. Convolutional backbones have none.</summary>
    public double DropPath { get; init => field = Check.Share(value); } = 0.1;

    /// <summary>Side of the square input in pixels, a multiple of 32. The papers: 224.</summary>
    public int ImageSize { get; init => field = Check.MultipleOf32(value); } = 224;

    /// <summary>Channels of an audio vector. The papers: 128 (VGGish).</summary>
    public int AudioChannels { get; init => field = Check.Positive(value); } = 128;

    /// <summary>Whether the network looks at its audio vectors; without that no audio network is built.</summary>
    public virtual bool Listens => true;

    /// <summary>Builds the network with fresh weights, drawn from torch's default generator; neither disk nor network is touched.</summary>
    public abstract SegmentationNetwork Create();

    /// <summary>The objective of the family with its defaults.</summary>
    public abstract SegmentationObjective DefaultObjective();
}
