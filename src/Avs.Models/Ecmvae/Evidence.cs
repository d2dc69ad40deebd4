using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Ecmvae;

/// <summary>What the posterior encoders see: the frames that have a mask, true or stood in for.</summary>
/// <param name="Images">[M,3,H,W].</param>
/// <param name="Audio">[M,D].</param>
/// <param name="Masks">[M,1,H,W].</param>
/// <param name="Rows">Their rows among the N frames (int64 [M]); null when M = N.</param>
internal sealed record Evidence(Tensor Images, Tensor Audio, Tensor Masks, Tensor? Rows)
{
    /// <summary>Gathers it by one of the three rules for frames without a mask.</summary>
    /// <exception cref="ArgumentException">The masks do not fit the frames.</exception>
    public static Evidence For(AvsInput input, Tensor priorLogits, PosteriorSupervision supervision)
    {
        var masks = input.Masks!;
        long frames = input.Images.shape[0], labelled = masks.shape[0];
        if (labelled == frames)
            return new Evidence(input.Images, input.Audio, masks, null);
        var rows = input.Labelled
            ?? throw new ArgumentException($"{labelled} masks for {frames} frames: the rows they belong to are missing");

        return supervision switch
        {
            PosteriorSupervision.LabelledFramesOnly =>
                new Evidence(input.Images.index_select(0, rows), input.Audio.index_select(0, rows), masks, rows),
            PosteriorSupervision.RepeatFirstMask =>
                new Evidence(input.Images, input.Audio, FirstOfClip(masks, input).index_copy(0, rows, masks), null),
            PosteriorSupervision.PseudoLabel =>
                new Evidence(input.Images, input.Audio, ClassLogits.Foreground(priorLogits).to(masks.dtype).index_copy(0, rows, masks),
                    null),
            _ => throw new ArgumentOutOfRangeException(nameof(supervision), supervision, null),
        };
    }

    /// <summary>The codes of all N rows: the posterior ones of the rows with evidence, the prior ones elsewhere.</summary>
    public LatentCodes Over(LatentCodes prior, LatentCodes posterior) => Rows is null ? posterior : prior.With(Rows, posterior);

    // [M,1,H,W] -> [N,1,H,W]
    private static Tensor FirstOfClip(Tensor masks, AvsInput input)
    {
        var labelled = input.Labelled!.cpu().data<long>().ToArray();
        var (firsts, start) = (new List<long>(), 0);
        foreach (var length in input.FramesPerClip.Lengths(input.Images.shape[0]))
        {
            var first = Array.FindIndex(labelled, row => row >= start && row < start + length);
            if (first < 0)
                throw new ArgumentException("repeating the first mask needs one in every clip");
            firsts.AddRange(Enumerable.Repeat((long)first, length));
            start += length;
        }
        return masks.index_select(0, tensor(firsts.ToArray(), device: masks.device));
    }
}
