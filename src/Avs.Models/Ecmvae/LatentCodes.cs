using static TorchSharp.torch;

namespace Avs.Models.Ecmvae;

/// <summary>
/// A diagonal Gaussian per row and one sample of it. The network's second head <c>s</c> is log σ² (the authors' code reads it as log σ in
/// the KL terms; see <see cref="KlScale"/>).
/// </summary>
/// <param name="Mean">μ [N,K].</param>
/// <param name="LogVariance">s [N,K].</param>
/// <param name="Sample">z = μ + ε·exp(s/2) [N,K].</param>
public sealed record LatentCode(Tensor Mean, Tensor LogVariance, Tensor Sample)
{
    /// <summary>This code with some of its rows replaced by another's.</summary>
    /// <param name="rows">Which rows, int64 [M].</param>
    /// <param name="other">The code of those M rows.</param>
    public LatentCode With(Tensor rows, LatentCode other) => new(
        Mean.index_copy(0, rows, other.Mean), LogVariance.index_copy(0, rows, other.LogVariance), Sample.index_copy(0, rows, other.Sample));

    internal LatentCode Each(Func<Tensor, Tensor> change) => new(change(Mean), change(LogVariance), change(Sample));
}

/// <summary>The codes of a path: visual-specific s_v, audio-specific s_a, shared c; null where a variant has none.</summary>
/// <param name="Visual">s_v.</param>
/// <param name="Audio">s_a.</param>
/// <param name="Shared">c.</param>
public sealed record LatentCodes(LatentCode Visual, LatentCode? Audio, LatentCode? Shared)
{
    /// <summary>The chosen rows of all codes.</summary>
    /// <param name="rows">int64 [M].</param>
    public LatentCodes Rows(Tensor rows) => Each(tensor => tensor.index_select(0, rows));

    /// <summary>These codes with some of their rows replaced by others'.</summary>
    /// <param name="rows">Which rows, int64 [M].</param>
    /// <param name="others">The same kinds of codes of those M rows.</param>
    public LatentCodes With(Tensor rows, LatentCodes others) =>
        new(Visual.With(rows, others.Visual), Audio?.With(rows, others.Audio!), Shared?.With(rows, others.Shared!));

    internal LatentCodes Each(Func<Tensor, Tensor> change) => new(Visual.Each(change), Audio?.Each(change), Shared?.Each(change));
}

/// <summary>The codes of frames, without what is decoded from them.</summary>
/// <param name="Prior">Those that test time has, of all N frames.</param>
/// <param name="PriorInformation">The heads of the mutual-information bound for them; null for a variant without.</param>
/// <param name="Posterior">Those that saw the masks, of the labelled frames; null without masks.</param>
/// <param name="PosteriorInformation">The heads for these.</param>
public sealed record EncodedFrames(
    LatentCodes Prior, MutualInformationHeads? PriorInformation, LatentCodes? Posterior = null,
    MutualInformationHeads? PosteriorInformation = null)
{
    /// <summary>Lets the codes outlive the dispose scope in which they were made.</summary>
    public EncodedFrames MoveToOuterDisposeScope()
    {
        static Tensor Moved(Tensor tensor) => tensor.MoveToOuterDisposeScope();
        return new EncodedFrames(
            Prior.Each(Moved), PriorInformation?.Each(Moved), Posterior?.Each(Moved), PosteriorInformation?.Each(Moved));
    }
}

/// <summary>The codes that enter the decoder: in the paper sc_v from (s_v, c) and sc_a from (s_a, c), each [N,K].</summary>
/// <param name="Visual">sc_v.</param>
/// <param name="Audio">sc_a.</param>
public sealed record FusedCodes(Tensor Visual, Tensor Audio);

/// <summary>
/// The three heads of the mutual-information bound, each [N,d] in (-1, 1): mean and log-variance read off sc_v, the target read off sc_a.
/// </summary>
/// <param name="Mean">m = tanh(mu(sc_v)).</param>
/// <param name="LogVariance">l = tanh(logvar(sc_v)).</param>
/// <param name="Target">a = tanh(head(sc_a)).</param>
public sealed record MutualInformationHeads(Tensor Mean, Tensor LogVariance, Tensor Target)
{
    /// <summary>The chosen rows of all three tensors.</summary>
    /// <param name="rows">int64 [M].</param>
    public MutualInformationHeads Rows(Tensor rows) => Each(tensor => tensor.index_select(0, rows));

    internal MutualInformationHeads Each(Func<Tensor, Tensor> change) => new(change(Mean), change(LogVariance), change(Target));
}
