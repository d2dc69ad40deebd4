using Avs.Models.Memory;
using static TorchSharp.torch;

namespace Avs.Models.Segmentation;

/// <summary>What a segmenter sees: the frames of some clips and the second of sound that belongs to each frame.</summary>
/// <param name="Images">ImageNet-normalised frames [N,3,H,W], clip-major: those of a clip one after the other. H = W, a multiple of
/// 32.</param>
/// <param name="LogMel">VGGish log-mel patches of the same seconds [N,1,96,64]; null where their audio embeddings are given.</param>
/// <param name="FramesPerClip">T, so that N = B*T, or the frames of each clip.</param>
/// <param name="Masks">Ground truth of the labelled frames [M,1,H,W], 0 or 1; null at test time, when only the prior path runs. Where
/// there are classes, 1 where something sounds.</param>
/// <param name="Labelled">The rows (int64 [M], ascending, no repeats) that <paramref name="Masks"/> belong to; null when every frame is
/// labelled (M = N).</param>
/// <param name="ClipsPerPicture">
/// How many successive clips show the same frames (and differ in what sounds): the visual trunk looks at each picture once and its features
/// serve all of them.
/// </param>
public sealed record AvsInput(
    Tensor Images, Tensor? LogMel, ClipFrames FramesPerClip, Tensor? Masks = null, Tensor? Labelled = null, int ClipsPerPicture = 1)
{
    /// <summary>
    /// What the audio network makes of <see cref="LogMel"/> [N,D]. A whole segmenter computes it, unless its audio network is frozen and it
    /// is given; a network without its audio network needs it.
    /// </summary>
    public Tensor? AudioEmbedding { get; init; }

    /// <summary>The class of each pixel of the labelled frames, int64 [M,H,W]; null where the data have no classes.</summary>
    public Tensor? Labels { get; init; }

    /// <summary>
    /// Where a network with latent codes draws them from. Null: every code is its mean, which such a network refuses in training. Others do
    /// not look at it.
    /// </summary>
    public ILatentNoise? Noise { get; init; }

    /// <summary>
    /// Gives for some rows of this part of a batch those of all parts, for losses that compare the rows of a batch with one another; null:
    /// this is the whole batch, or counts as one.
    /// </summary>
    public WholeBatch? WholeBatch { get; init; }

    /// <summary>The audio embedding, which must be there.</summary>
    internal Tensor Audio => AudioEmbedding ?? throw new ArgumentException("the network needs the audio embedding of every frame");

    /// <summary>Where a network draws its latent codes from.</summary>
    /// <exception cref="InvalidOperationException">The network is in training, and the input does not say.</exception>
    internal ILatentNoise NoiseFor(nn.Module network) => Noise
        ?? (network.training
            ? throw new InvalidOperationException("a network in training draws latent codes, but the input names no source of noise")
            : new ZeroNoise());

    /// <summary>The masks, which must be there.</summary>
    internal Tensor Truth => Masks ?? throw new ArgumentException("the objective needs masks");

    /// <summary>The labels, which must be there.</summary>
    internal Tensor TrueLabels => Labels ?? throw new ArgumentException("the objective of several classes needs their labels");

    /// <summary>The labelled rows: [N,…] -> [M,…].</summary>
    internal Tensor OfLabelled(Tensor all) => Labelled is null || Truth.shape[0] == all.shape[0] ? all : all.index_select(0, Labelled);
}
