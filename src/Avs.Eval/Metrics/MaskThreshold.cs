namespace Avs.Eval.Metrics;

/// <summary>Where probabilities become a mask.</summary>
public static class MaskThreshold
{
    /// <summary>
    /// A pixel belongs to the mask when its probability is above this: in every published mIoU, and unless a user says otherwise.
    /// </summary>
    public const float Usual = 0.5f;

    /// <summary>The mask as a grey picture: 255 above the threshold, else 0.</summary>
    /// <param name="probabilities">One for each pixel.</param>
    public static byte[] Apply(ReadOnlySpan<float> probabilities, double threshold = Usual)
    {
        var grey = new byte[probabilities.Length];
        for (var i = 0; i < grey.Length; i++)
            grey[i] = probabilities[i] > threshold ? byte.MaxValue : byte.MinValue;
        return grey;
    }
}
