namespace Avs.Eval.Metrics;

/// <summary>
/// How well a frame's map of probabilities draws the object: measures of salient object detection and of video segmentation.
/// </summary>
/// <param name="SMeasure">Structure measure (Fan et al., ICCV 2017), α = 0.5.</param>
/// <param name="Mae">Mean absolute difference of probability and truth.</param>
/// <param name="BoundaryF">F-measure of the mask's boundary (DAVIS: Perazzi et al., CVPR 2016).</param>
public sealed record FrameQuality(double SMeasure, double Mae, double BoundaryF)
{
    /// <summary>The mean of each measure.</summary>
    public static FrameQuality Mean(IReadOnlyList<FrameQuality> frames) => new(
        frames.Average(frame => frame.SMeasure), frames.Average(frame => frame.Mae), frames.Average(frame => frame.BoundaryF));
}

/// <summary>Measures <see cref="FrameQuality"/>. One scorer serves one thread.</summary>
public sealed class QualityScorer
{
    private readonly BoundaryScorer boundary = new();
    private float[] probabilities = [];
    private byte[] mask = [];

    /// <summary>Scores one frame.</summary>
    /// <param name="logits">[height, width].</param>
    /// <param name="truth">The true mask: 0 or not.</param>
    public FrameQuality Score(ReadOnlySpan<float> logits, ReadOnlySpan<byte> truth, int height, int width)
    {
        if (logits.Length != height * width || truth.Length != logits.Length)
            throw new ArgumentException($"{logits.Length} logits and {truth.Length} pixels of a mask are not {width}x{height}");
        if (probabilities.Length != logits.Length)
            (probabilities, mask) = (new float[logits.Length], new byte[logits.Length]);
        var error = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            var probability = LogitLevels.Probability(logits[i]);
            probabilities[i] = probability;
            mask[i] = probability > MaskThreshold.Usual ? (byte)1 : (byte)0;
            error += truth[i] == 0 ? probability : 1 - probability;
        }
        return new FrameQuality(
            StructureMeasure.Compute(probabilities, truth, height, width), error / logits.Length,
            boundary.Score(mask, truth, height, width));
    }
}
