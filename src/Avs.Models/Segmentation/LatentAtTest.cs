namespace Avs.Models.Segmentation;

/// <summary>How the latent codes are chosen when there is no mask to learn from.</summary>
public enum LatentMode
{
    /// <summary>The means of the priors: one pass, repeatable. The default for reports.</summary>
    Mean,

    /// <summary>Several draws; probabilities are averaged and their variance is the uncertainty map.</summary>
    Sample,

    /// <summary>One draw, as the authors' release does: the result differs from run to run.</summary>
    ReferenceSingleSample,
}

/// <summary>The latent codes at test time: the mode and, for <see cref="LatentMode.Sample"/>, how many draws.</summary>
public sealed record LatentAtTest
{
    /// <summary>Creates the choice.</summary>
    /// <param name="mode">How to choose.</param>
    /// <param name="samples">Number of draws, at least 1; only <see cref="LatentMode.Sample"/> takes more than 1.</param>
    /// <exception cref="ArgumentException">The number of draws does not fit the mode.</exception>
    public LatentAtTest(LatentMode mode, int samples = 1)
    {
        if (samples < 1 || (samples > 1 && mode != LatentMode.Sample))
            throw new ArgumentException($"latent mode {mode} with {samples} samples: Sample takes 1 or more, the other modes exactly 1");
        Mode = mode;
        Samples = samples;
    }

    /// <summary>How to choose.</summary>
    public LatentMode Mode { get; }

    /// <summary>Number of draws.</summary>
    public int Samples { get; }

    /// <summary>ε = 0.</summary>
    public static LatentAtTest Mean { get; } = new(LatentMode.Mean);

    /// <summary>Averages <paramref name="samples"/> draws.</summary>
    public static LatentAtTest Sample(int samples) => new(LatentMode.Sample, samples);

    /// <summary>One draw.</summary>
    public static LatentAtTest ReferenceSingleSample { get; } = new(LatentMode.ReferenceSingleSample);
}
