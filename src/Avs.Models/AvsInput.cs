using static TorchSharp.torch;

namespace Avs.Models;

/// <summary>What a segmenter sees: the frames of some clips and the second of sound that belongs to each frame.</summary>
/// <param name="Images">ImageNet-normalised frames [N,3,H,W], clip-major: frame t of clip b is row b*T+t. H = W, a multiple of 32.</param>
/// <param name="LogMel">VGGish log-mel patches of the same seconds [N,1,96,64].</param>
/// <param name="FramesPerClip">T, so that N = B*T.</param>
/// <param name="Masks">Ground truth of the labelled frames [M,1,H,W], 0 or 1; null at test time, when only the prior path runs.</param>
/// <param name="Labelled">The rows (int64 [M], ascending, no repeats) that <paramref name="Masks"/> belong to; null when every frame is labelled (M = N).</param>
/// <param name="ClipsPerPicture">
/// How many successive clips show the same frames (and differ in what sounds): the visual trunk looks at each picture once and its features serve all of them.
/// </param>
public sealed record AvsInput(
    Tensor Images, Tensor LogMel, int FramesPerClip, Tensor? Masks = null, Tensor? Labelled = null, int ClipsPerPicture = 1)
{
    /// <summary>What the frozen audio network makes of <see cref="LogMel"/> [N,D], computed beforehand; null: it is computed. Without a frozen one it is not looked at.</summary>
    public Tensor? SoundEmbedding { get; init; }
}
