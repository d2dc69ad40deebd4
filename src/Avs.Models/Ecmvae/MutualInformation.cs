using static TorchSharp.torch;

// The lower bound of D. Barber and F. Agakov (NIPS 2003), I(X;Y) ≥ H(Y) + E log q(y|x), with a Gaussian q whose mean m and log-variance l
// are read off the fused visual code and whose target a off the fused audio code. H(Y) is left out: it does not depend on q.
//
//   Reference            mean_n Σ_d −(m − a)² / (2 e^l)
//   GaussianNormalised   mean_n Σ_d −½[ (m − a)²/e^l + l + log 2π ]
//
// Both are log-likelihoods: to be maximised. The target is itself learned and lies in (-1, 1), so a constant solution reaches the reference
// form's maximum 0; the normalised form at least pays for a large l.

namespace Avs.Models.Ecmvae;

/// <summary>Which form of the bound.</summary>
public enum MiBound
{
    /// <summary>Without the normaliser, as the release has it.</summary>
    Reference,

    /// <summary>The full Gaussian log-likelihood.</summary>
    GaussianNormalised,
}

/// <summary>The mutual-information bound between the two fused codes.</summary>
public static class MutualInformation
{
    private const double LogTwoPi = 1.8378770664093453;

    /// <summary>The bound of one path, a scalar to be maximised.</summary>
    /// <param name="heads">m, l, a [N,d].</param>
    /// <param name="bound">Which form.</param>
    public static Tensor LowerBound(MutualInformationHeads heads, MiBound bound = MiBound.Reference)
    {
        using var scope = NewDisposeScope();
        var each = (heads.Mean - heads.Target).square() * (-heads.LogVariance).exp(); // [N,d]
        if (bound == MiBound.GaussianNormalised)
            each = each + heads.LogVariance + LogTwoPi;
        return (each.sum(1).mean() * -0.5).MoveToOuterDisposeScope();
    }
}
