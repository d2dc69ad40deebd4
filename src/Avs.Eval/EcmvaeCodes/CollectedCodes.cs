using Avs.Models.Ecmvae;
using Avs.Models.Vae.Distributions;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>A frame whose codes were collected.</summary>
/// <param name="Clip">The clip's name.</param>
/// <param name="Frame">Its number in the clip, from 0.</param>
/// <param name="Category">The class of what sounds; null where the table names none.</param>
/// <param name="SilentObject">The class of the other object in the picture, where the table tells scenes (AVS-Stamps); else null.</param>
/// <param name="Position">The quadrant of the mask's centre of mass; null of an empty mask, and of a frame without one.</param>
/// <param name="Sounds">Whether something in the picture sounds, that is, the mask is not empty; null of a frame without a mask.</param>
public sealed record CodedFrame(string Clip, int Frame, string? Category, string? SilentObject, string? Position, bool? Sounds);

/// <summary>One of the codes of many frames, as Gaussians, on the CPU.</summary>
/// <param name="Symbol">c, s_v or s_a.</param>
/// <param name="Prior">What test time has: of all N frames, μ and log σ² [N,K].</param>
/// <param name="Posterior">What saw the masks: of the M labelled frames [M,K].</param>
/// <param name="Muted">The prior with silence instead of the clip's sound [N,K].</param>
public sealed record FactorCodes(string Symbol, DiagonalGaussian Prior, DiagonalGaussian Posterior, DiagonalGaussian Muted)
{
    /// <summary>K.</summary>
    public int Size => (int)Prior.Mean.shape[1];
}

/// <summary>The codes of a data set's frames.</summary>
/// <param name="Dataset">Its name.</param>
/// <param name="Frames">The N frames, clip after clip.</param>
/// <param name="Labelled">Which of them have masks: the rows of the posterior codes, ascending.</param>
/// <param name="Factors">Those that the model has, of c, s_v, s_a in this order.</param>
/// <param name="PriorInformation">The heads of the mutual-information bound over prior codes [N,d]; null for a variant without.</param>
/// <param name="PosteriorInformation">The same over posterior codes [M,d].</param>
public sealed record CollectedCodes(
    string Dataset, IReadOnlyList<CodedFrame> Frames, IReadOnlyList<int> Labelled, IReadOnlyList<FactorCodes> Factors,
    MutualInformationHeads? PriorInformation, MutualInformationHeads? PosteriorInformation)
{
    /// <summary>The symbol of each of the three codes.</summary>
    public const string Shared = "c", Visual = "s_v", Audio = "s_a";

    /// <summary>The codes of one symbol.</summary>
    public FactorCodes Find(string symbol) => Factors.Single(factor => factor.Symbol == symbol);

    /// <summary>The codes that a model has, by their symbols in the order of the tables.</summary>
    internal static IEnumerable<(string Symbol, LatentCode Code)> BySymbol(LatentCodes codes) =>
        from entry in ((string Symbol, LatentCode? Code)[])[(Shared, codes.Shared), (Visual, codes.Visual), (Audio, codes.Audio)]
        where entry.Code is not null
        select (entry.Symbol, entry.Code);
}
