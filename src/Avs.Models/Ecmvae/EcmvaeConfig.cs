using Avs.Core.Configuration;
using Avs.Models.Fusion;
using Avs.Models.Segmentation;

namespace Avs.Models.Ecmvae;

/// <summary>Which network joins the backbone's levels to the common width.</summary>
public enum NeckKind
{
    /// <summary>1x1, 3x3, 3x3 convolutions with BatchNorm, no activation (the paper's default).</summary>
    Basic,

    /// <summary>The sum of four dilated 3x3 convolutions (3, 6, 12, 18).</summary>
    Aspp,
}

/// <summary>How sound enters the visual features.</summary>
public enum FusionKind
{
    /// <summary>Temporal pixel-wise audio-visual interaction (the paper's default).</summary>
    Tpavi,

    /// <summary>A gate from the element-wise product of picture and sound.</summary>
    AvCorrelation,
}

/// <summary>Which latent codes there are.</summary>
public enum Factorisation
{
    /// <summary>A visual-specific, an audio-specific and a shared code (the paper).</summary>
    SpecificAndShared,

    /// <summary>One of the picture and one of the sound, nothing shared.</summary>
    SpecificOnly,
}

/// <summary>How specific and shared codes become the two that enter the decoder.</summary>
public enum CodeFusion
{
    /// <summary>A linear layer each (the paper).</summary>
    Linear,

    /// <summary>A product of Gaussian experts each.</summary>
    ProductOfExperts,
}

/// <summary>Which fusion blocks the posterior path runs through.</summary>
public enum PosteriorFusion
{
    /// <summary>
    /// The prior path's own (the release): their BatchNorm sees both paths in turn, and its running statistics are a mixture.
    /// </summary>
    Shared,

    /// <summary>Blocks of its own, BatchNorm included, which start as copies. Not compatible with the published checkpoints.</summary>
    Own,
}

/// <summary>With which weights neck and decoder of the posterior path start.</summary>
public enum PosteriorStart
{
    /// <summary>Those of the prior path (the release).</summary>
    CopyOfPrior,

    /// <summary>Fresh ones of their own.</summary>
    Own,
}

/// <summary>
/// What the posterior path does with frames that have no mask (AVSBench S4 labels only the first frame of a training clip).
/// </summary>
public enum PosteriorSupervision
{
    /// <summary>
    /// The posterior encoders see annotated frames only; the others take their prior codes. KL, JS, MI and difference terms count annotated
    /// frames.
    /// </summary>
    LabelledFramesOnly,

    /// <summary>The first mask of a clip stands for all its frames.</summary>
    RepeatFirstMask,

    /// <summary>The prior path's own thresholded prediction (no gradient) stands for the missing masks.</summary>
    PseudoLabel,
}

/// <summary>
/// What ECMVAE and the deterministic network of its release have in common. The defaults are the paper's and the release's.
/// </summary>
public abstract record EcmvaeFamilyConfig : NetworkConfig
{
    /// <summary>Width C of neck, fusion and decoder, a multiple of 4. The paper: 128.</summary>
    [MultipleOf(4)] public int Channels { get; init; } = 128;

    /// <summary>Inner channels C' of TPAVI. The paper: 64 (half the width).</summary>
    [AtLeast(1)] public int TpaviChannels { get; init; } = 64;

    /// <summary>Whether TPAVI gathers sound over the whole clip (the paper) or frame by frame.</summary>
    public TpaviSpan TpaviSpan { get; init; } = TpaviSpan.Clip;

    /// <summary>Size d of the mutual-information heads, or of a regulariser's codes. The paper: 6.</summary>
    [AtLeast(1)] public int InformationSize { get; init; } = 6;

    /// <summary>The neck. The paper: basic.</summary>
    public NeckKind Neck { get; init; } = NeckKind.Basic;

    /// <summary>The decoder. The paper: simple_no_module.</summary>
    public DecoderKind Decoder { get; init; } = DecoderKind.SimpleNoModule;
}

/// <summary>
/// The sizes and choices of an ECMVAE network. The defaults are the paper's (224 px, 128 channels, K = 16). The image size sizes the latent
/// encoders.
/// </summary>
public sealed record EcmvaeConfig : EcmvaeFamilyConfig
{
    /// <summary>Size K of each latent code. The paper: 16.</summary>
    [AtLeast(1)] public int LatentSize { get; init; } = 16;

    /// <summary>Channels after the first convolution of a latent encoder. The paper: 16 (an eighth of the width).</summary>
    [AtLeast(1)] public int LatentEncoderChannels { get; init; } = 16;

    /// <summary>
    /// s = log σ² of every code is clamped to ± this, so that exp cannot overflow; values met in practice lie far inside. Null: no bound,
    /// as the release.
    /// </summary>
    [Above(0)] public double? LogVarianceLimit { get; init; } = 10;

    /// <summary>The fusion. The paper: TPAVI.</summary>
    public FusionKind Fusion { get; init; } = FusionKind.Tpavi;

    /// <summary>Whether sound is used. Without it the network is a conditional VAE of the picture: no fusion, one code.</summary>
    public bool UseAudio { get; init; } = true;

    /// <summary>Which latent codes there are. The paper: specific and shared.</summary>
    public Factorisation Factorisation { get; init; } = Factorisation.SpecificAndShared;

    /// <summary>How specific and shared codes are fused. The paper: linearly.</summary>
    public CodeFusion CodeFusion { get; init; } = CodeFusion.Linear;

    /// <summary>Which fusion blocks the posterior path runs through. The release: the prior path's.</summary>
    public PosteriorFusion PosteriorFusion { get; init; } = PosteriorFusion.Shared;

    /// <summary>With which weights neck and decoder of the posterior path start. The release: copies.</summary>
    public PosteriorStart PosteriorStart { get; init; } = PosteriorStart.CopyOfPrior;

    /// <summary>What the posterior path does with un-annotated frames.</summary>
    public PosteriorSupervision Supervision { get; init; } = PosteriorSupervision.LabelledFramesOnly;

    /// <inheritdoc/>
    public override bool UsesSound => UseAudio;

    /// <inheritdoc/>
    public override bool HasLatentCodes => true;

    /// <inheritdoc/>
    public override SegmentationNetwork Create() => new EcmvaeModel(this);

    /// <inheritdoc/>
    public override SegmentationObjective DefaultObjective() => new EcmvaeObjective();
}
