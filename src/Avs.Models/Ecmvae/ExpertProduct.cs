using static TorchSharp.torch;

// Products of Gaussian experts: M. Wu, N. Goodman, "Multimodal Generative Models for Scalable Weakly-Supervised Learning", NeurIPS 2018.
//
//   p(z) ∝ N(0,I)·p_a(z)·p_b(z)
//   τ_e = 1/(exp(s_e) + 2ε),  μ = Σ μ_e τ_e / Σ τ_e,  s = log(1/Στ + ε),  ε = 1e-8 (where the ECMVAE release adds it)

namespace Avs.Models.Ecmvae;

/// <summary>The product of a standard normal and two diagonal Gaussians.</summary>
public static class ExpertProduct
{
    private const double Epsilon = 1e-8;

    /// <summary>The product's parameters.</summary>
    /// <param name="a">One expert [N,K].</param>
    /// <param name="b">The other [N,K].</param>
    public static LatentMoments Compute(LatentCode a, LatentCode b)
    {
        using var scope = NewDisposeScope();
        static Tensor Precision(Tensor s) => 1 / (s.exp() + 2 * Epsilon);
        Tensor ofA = Precision(a.LogVariance), ofB = Precision(b.LogVariance);
        var all = ofA + ofB + 1 / (1 + 2 * Epsilon); // N(0, I) adds to the precision, not to the mean
        var mean = (a.Mean * ofA + b.Mean * ofB) / all;
        return new LatentMoments(mean.MoveToOuterDisposeScope(), (1 / all + Epsilon).log().MoveToOuterDisposeScope());
    }
}
