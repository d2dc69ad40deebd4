using Avs.Models.Blocks;
using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// What ties picture and sound together in the deterministic network of the ECMVAE release: at each scale both are brought to d numbers,
// either two Gaussian codes that are to predict each other (CodePairRegulariser) or a Gaussian of the picture that is to predict a vector
// of the sound, the bound of D. Barber and F. Agakov, NIPS 2003 (LowerBoundRegulariser).
//
//   v̂, â = L2-normalised over channels;  r_v = BN conv1x1 v̂, flattened;  r_a = linear â
//   pair    μ_v, s_v = tanh heads(r_v),  μ_a, s_a = tanh heads(r_a),  z = μ + ε·exp(s/2)
//   bound   m, l = tanh heads(r_v),  a = tanh head(r_a)

namespace Avs.Models.Ecmvae;

/// <summary>What a regulariser reads off one scale.</summary>
public abstract record LevelInformation
{
    internal LevelInformation MoveToOuterDisposeScope() => Each(tensor => tensor.MoveToOuterDisposeScope());

    internal abstract LevelInformation Each(Func<Tensor, Tensor> change);
}

/// <summary>A Gaussian code of the picture and one of the sound, at one scale.</summary>
/// <param name="Visual">[N,d].</param>
/// <param name="Audio">[N,d].</param>
public sealed record CodePair(LatentCode Visual, LatentCode Audio) : LevelInformation
{
    internal override LevelInformation Each(Func<Tensor, Tensor> change) => new CodePair(Visual.Each(change), Audio.Each(change));
}

/// <summary>The heads of a mutual-information bound at one scale.</summary>
/// <param name="Heads">[N,d] each.</param>
public sealed record LevelBound(MutualInformationHeads Heads) : LevelInformation
{
    internal override LevelInformation Each(Func<Tensor, Tensor> change) => new LevelBound(Heads.Each(change));
}

/// <summary>The sizes of a regulariser.</summary>
/// <param name="Channels">C of the visual features and of the audio vectors. The paper: 128.</param>
/// <param name="Hidden">Width between. The paper: 64.</param>
/// <param name="Size">d. The paper: 6.</param>
/// <param name="Height">Rows of the feature map; other sizes are pooled to it.</param>
/// <param name="Width">Columns of the feature map.</param>
public sealed record RegulariserSize(long Channels, long Hidden, long Size, long Height, long Width)
{
    internal long Places => Hidden * Height * Width;
}

/// <summary>
/// Reads picture and sound of one scale. Inputs of <c>forward</c>: visual [N,C,h,w], audio [N,C], the draws, and the scale's number.
/// </summary>
public abstract class LevelRegulariser : nn.Module<Tensor, Tensor, ILatentNoise, int, LevelInformation>
{
    private readonly long height, width;

    private protected readonly Sequential rgb_channel_reduce;
    private protected readonly Linear audio_channel_reduce;

    private protected LevelRegulariser(string name, RegulariserSize size) : base(name)
    {
        (height, width) = (size.Height, size.Width);
        rgb_channel_reduce = Conv.WithNorm(size.Channels, size.Hidden, 1);
        audio_channel_reduce = nn.Linear(size.Channels, size.Hidden);
    }

    /// <summary>Whether a parameter exists for the published checkpoints' sake only.</summary>
    /// <param name="name">A name out of <c>named_parameters()</c>.</param>
    public virtual bool IsUnused(string name) => false;

    // [N,C,h,w] -> [N, hidden·height·width]
    private protected Tensor Reduced(Tensor visual)
    {
        var x = rgb_channel_reduce.call(Normalised(visual));
        if (x.shape[2] != height || x.shape[3] != width)
            x = F.adaptive_avg_pool2d(x, [height, width]);
        return x.flatten(1);
    }

    // [N,C] -> [N,hidden]
    private protected Tensor ReducedSound(Tensor audio) => audio_channel_reduce.call(Normalised(audio));

    private static Tensor Normalised(Tensor x) => x * ((x * x).sum(1, keepdim: true) + 1e-6).rsqrt();
}

/// <summary>Two Gaussian codes that are to predict each other (the release's <c>Mutual_info_reg</c>).</summary>
public sealed class CodePairRegulariser : LevelRegulariser
{
    private readonly Linear rgb_mu, rgb_logvar, audio_mu, audio_logvar, fuse;

    /// <summary>Creates the block with fresh weights.</summary>
    public CodePairRegulariser(RegulariserSize size) : base(nameof(CodePairRegulariser), size)
    {
        rgb_mu = nn.Linear(size.Places, size.Size);
        rgb_logvar = nn.Linear(size.Places, size.Size);
        audio_mu = nn.Linear(size.Hidden, size.Size);
        audio_logvar = nn.Linear(size.Hidden, size.Size);
        fuse = nn.Linear(2 * size.Size, size.Size); // the release computes with it and uses the result nowhere
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override bool IsUnused(string name) => name.StartsWith("fuse.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override LevelInformation forward(Tensor visual, Tensor audio, ILatentNoise noise, int level)
    {
        using var scope = NewDisposeScope();
        Tensor ofPicture = Reduced(visual), ofSound = ReducedSound(audio);
        var pair = new CodePair(
            Draw(rgb_mu.call(ofPicture).tanh(), rgb_logvar.call(ofPicture).tanh(), LatentNames.LevelVisual(level), noise),
            Draw(audio_mu.call(ofSound).tanh(), audio_logvar.call(ofSound).tanh(), LatentNames.LevelAudio(level), noise));
        return pair.MoveToOuterDisposeScope();
    }

    private static LatentCode Draw(Tensor mean, Tensor s, string name, ILatentNoise noise) =>
        new(mean, s, mean + noise.Normal(name, mean.shape, mean.dtype, mean.device) * (s * 0.5).exp());
}

/// <summary>A Gaussian of the picture that is to predict a vector of the sound (the release's <c>MMILB</c>).</summary>
public sealed class LowerBoundRegulariser : LevelRegulariser
{
    private readonly Sequential rgb_mu, rgb_logvar, audio_vector_mlp;

    /// <summary>Creates the block with fresh weights.</summary>
    public LowerBoundRegulariser(RegulariserSize size) : base(nameof(LowerBoundRegulariser), size)
    {
        Sequential Head(long input) => nn.Sequential(nn.Linear(input, size.Size), nn.ReLU(), nn.Linear(size.Size, size.Size));
        rgb_mu = Head(size.Places);
        rgb_logvar = Head(size.Places);
        audio_vector_mlp = Head(size.Hidden);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override LevelInformation forward(Tensor visual, Tensor audio, ILatentNoise noise, int level)
    {
        using var scope = NewDisposeScope();
        Tensor ofPicture = Reduced(visual), ofSound = ReducedSound(audio);
        var bound = new LevelBound(new MutualInformationHeads(
            rgb_mu.call(ofPicture).tanh(), rgb_logvar.call(ofPicture).tanh(), audio_vector_mlp.call(ofSound).tanh()));
        return bound.MoveToOuterDisposeScope();
    }
}
