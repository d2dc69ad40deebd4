using Avs.Core.Configuration;
using Avs.Models.Backbones;
using Avs.Models.Fusion;
using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;

// ECMVAE: Y. Mao, J. Zhang, M. Xiang, Y. Zhong, Y. Dai, "Multimodal Variational Auto-encoder based Audio-Visual Segmentation", ICCV 2023.
//
//   picture -> encoder -> neck_prior -> + prior codes     -> TPAVI (sound) -> decoder_prior -> logits       (training and test)
//                      -> neck_post  -> + posterior codes -> TPAVI (sound) -> decoder_post  -> logits       (training: sees the mask)
//
// Both paths share the backbone and the four TPAVI blocks (whose BatchNorm therefore sees the two in turn, as in the published
// checkpoints). The names of the entries are the authors'. `audio_neck` is theirs too: it does nothing where an audio vector has the
// network's width (the paper's 128 = 128) and brings it there where it has not. Without sound there are neither audio_neck nor TPAVI, and
// the latent model is named `cvae_model`, as in the release's conditional VAE.
//
// The authors have no AVSS. With classes the decoders' last convolutions have a channel for each and nothing else changes: the posterior
// encoders see where something sounds (the mask of what is not background), not what.

namespace Avs.Models.Ecmvae;

/// <summary>The network without its audio backbone.</summary>
public sealed class EcmvaeModel : SegmentationNetwork
{
    private readonly VisualBackbone encoder;
    private readonly Neck neck_prior, neck_post;
    private readonly Linear? audio_neck;
    private readonly LatentModel? mm_vae_model, cvae_model;
    private readonly ModuleList<AudioVisualFusion>? fusion_modules, fusion_modules_post;
    private readonly SegmentationDecoder decoder_prior, decoder_post;

    /// <summary>
    /// Creates the network with fresh weights, drawn from torch's default generator; neither disk nor network is touched.
    /// </summary>
    /// <param name="config">Sizes and choices.</param>
    public EcmvaeModel(EcmvaeConfig config) : this(config, BackboneRegistry.Create(config.Backbone, config.DropPath)) { }

    /// <summary>Creates the network around a given backbone.</summary>
    /// <param name="config">Sizes and choices; its backbone name is not used.</param>
    /// <param name="backbone">The backbone, which now belongs to the network.</param>
    public EcmvaeModel(EcmvaeConfig config, VisualBackbone backbone) : base(nameof(EcmvaeModel))
    {
        Config = RecordCheck.Require(config, "model.network");
        encoder = backbone;
        neck_prior = new Neck(config.Neck, backbone.Channels, config.Channels);
        neck_post = new Neck(config.Neck, backbone.Channels, config.Channels);
        if (config.UseAudio)
        {
            audio_neck = nn.Linear(config.AudioChannels, config.Channels);
            mm_vae_model = LatentModel.Create(config);
            fusion_modules = FusionBlocks(config);
            if (config.PosteriorFusion == PosteriorFusion.Own)
                fusion_modules_post = FusionBlocks(config);
        }
        else
        {
            cvae_model = LatentModel.Create(config);
        }
        decoder_prior = SegmentationDecoder.Create(config.Decoder, config.Channels, config.Classes);
        decoder_post = SegmentationDecoder.Create(config.Decoder, config.Channels, config.Classes);
        RegisterComponents();
        if (config.PosteriorStart == PosteriorStart.CopyOfPrior)
        {
            neck_post.load_state_dict(neck_prior.state_dict());
            decoder_post.load_state_dict(decoder_prior.state_dict());
        }
        fusion_modules_post?.load_state_dict(fusion_modules!.state_dict());
    }

    /// <summary>What the network was built from.</summary>
    public EcmvaeConfig Config { get; }

    /// <inheritdoc/>
    public override bool IsUnused(string name) =>
        (Config.AudioChannels == Config.Channels && name.StartsWith("audio_neck.", StringComparison.Ordinal))
        || Below("encoder.", name, encoder.IsUnused)
        || Below("decoder_prior.", name, decoder_prior.IsUnused)
        || Below("decoder_post.", name, decoder_post.IsUnused);

    /// <summary>Runs the prior path and, when there are masks, the posterior path.</summary>
    /// <param name="input">Frames, audio embeddings, masks and the source of the latent codes.</param>
    public override SegmenterOutput forward(AvsInput input)
    {
        using var scope = NewDisposeScope();
        var noise = input.NoiseFor(this);
        var pictures = SharedPictures.From(input);
        var levels = encoder.call(pictures.Once(input.Images)); // 4 x [P,Cᵢ,H/2^(i+2),W/2^(i+2)], P = N / ClipsPerPicture
        var sound = ToNetworkWidth(input.Audio); // [N,C]

        var prior = PriorPath(Prepare(pictures.ForEveryClip(neck_prior.call(levels)), sound, input), noise);
        if (input.Masks is null)
            return new EcmvaeOutput(prior).MoveToOuterDisposeScope();

        var evidence = Evidence.For(input, prior.Logits, Config.Supervision);
        var posterior = PosteriorPath(pictures.ForEveryClip(neck_post.call(levels)), sound, input, evidence, prior.Codes, noise);
        return new EcmvaeOutput(prior, posterior, evidence.Rows).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override MaskPrediction Sample(AvsInput input, int draws)
    {
        using var scope = NewDisposeScope();
        var noise = input.NoiseFor(this);
        var pictures = SharedPictures.From(input);
        var levels = pictures.ForEveryClip(neck_prior.call(encoder.call(pictures.Once(input.Images))));
        var prepared = Prepare(levels, ToNetworkWidth(input.Audio), input);

        Tensor Draw()
        {
            using var inner = NewDisposeScope();
            return PriorPath(prepared, noise).Logits.MoveToOuterDisposeScope(); // [N,K,H,W]
        }

        return MaskPrediction.FromDraws([.. Enumerable.Range(0, draws).Select(_ => Draw())]).MoveToOuterDisposeScope();
    }

    /// <summary>The codes of frames, for which neither backbone nor decoder is needed.</summary>
    /// <param name="input">Frames and audio embeddings; with masks, the posterior codes of the labelled frames as well.</param>
    public EncodedFrames Encode(AvsInput input)
    {
        using var scope = NewDisposeScope();
        var noise = input.NoiseFor(this);
        var prior = Latents.SamplePrior(Latents.PriorMoments(input.Images, input.Audio), noise);
        var priorInformation = Latents.PriorInformation(Latents.FusePrior(prior, noise));
        if (input.Masks is null)
            return new EncodedFrames(prior, priorInformation).MoveToOuterDisposeScope();

        var moments = Latents.PosteriorMoments(input.OfLabelled(input.Images), input.OfLabelled(input.Audio), input.Masks);
        var posterior = Latents.SamplePosterior(moments, noise);
        var posteriorInformation = Latents.PosteriorInformation(Latents.FusePosterior(posterior, noise));
        return new EncodedFrames(prior, priorInformation, posterior, posteriorInformation).MoveToOuterDisposeScope();
    }

    /// <summary>What the prior path makes of other codes than its own, such as one that is set to zero.</summary>
    /// <param name="input">Frames and audio embeddings; masks are not looked at.</param>
    /// <param name="changes">Each gets the codes of the N frames and gives those to decode.</param>
    /// <returns>Logits [N,K,H,W] for each change; what does not depend on the codes is computed once.</returns>
    public IReadOnlyList<Tensor> DecodeChanged(AvsInput input, IReadOnlyList<Func<LatentCodes, LatentCodes>> changes)
    {
        using var scope = NewDisposeScope();
        var noise = input.NoiseFor(this);
        var prepared = Prepare(neck_prior.call(encoder.call(input.Images)), ToNetworkWidth(input.Audio), input with { Masks = null });
        var codes = Latents.SamplePrior(prepared.Moments, noise);

        Tensor Decoded(Func<LatentCodes, LatentCodes> change)
        {
            using var inner = NewDisposeScope();
            return PriorPath(prepared, change(codes), noise).Logits.MoveToOuterDisposeScope(); // [N,K,H,W]
        }

        return [.. changes.Select(change => Decoded(change).MoveToOuterDisposeScope())];
    }

    private LatentModel Latents => mm_vae_model ?? cvae_model!;

    // What of the prior path is the same for every draw of the codes, which enter at the coarsest level only.
    private sealed record Prepared(CodeMoments Moments, FusedLevel[] Fine, Tensor Coarsest, Tensor Sound, AvsInput Input);

    private Prepared Prepare(IReadOnlyList<Tensor> levels, Tensor sound, AvsInput input) => new(
        Latents.PriorMoments(input.Images, input.Audio), Fuse(fusion_modules, levels.Take(3), sound, input), levels[3], sound, input);

    // s_v ~ p(s_v | x_v), s_a ~ p(s_a | x_a), c ~ p(c | x_v, x_a); f₄' = conv1x1[f₄ ; sc_v ; sc_a]; logits = decoder_prior(TPAVI(f))
    private EcmvaePath PriorPath(Prepared prepared, ILatentNoise noise) =>
        PriorPath(prepared, Latents.SamplePrior(prepared.Moments, noise), noise);

    private EcmvaePath PriorPath(Prepared prepared, LatentCodes codes, ILatentNoise noise)
    {
        var fusedCodes = Latents.FusePrior(codes, noise);
        var information = prepared.Input.Masks is null ? null : Latents.PriorInformation(fusedCodes);
        var mixed = Latents.MixPrior(prepared.Coarsest, fusedCodes); // [N,C,H/32,W/32]
        FusedLevel[] fused = [.. prepared.Fine, .. Fuse(fusion_modules, [mixed], prepared.Sound, prepared.Input, from: 3)];
        return Decode(decoder_prior, fused, codes, information);
    }

    //   s_v ~ q(s_v | x_v, y),  s_a ~ q(s_a | x_a, y),  c ~ q(c | x_v, x_a, y), and on as above
    private EcmvaePath PosteriorPath(
        IReadOnlyList<Tensor> levels, Tensor sound, AvsInput input, Evidence evidence, LatentCodes prior, ILatentNoise noise)
    {
        var codes = Latents.SamplePosterior(Latents.PosteriorMoments(evidence.Images, evidence.Audio, evidence.Masks), noise);
        // Frames without evidence keep their prior codes.
        var fusedCodes = Latents.FusePosterior(evidence.Over(prior, codes), noise);
        var information = Latents.PosteriorInformation(fusedCodes);
        if (evidence.Rows is { } rows)
            information = information?.Rows(rows);
        var mixed = Latents.MixPosterior(levels[3], fusedCodes); // [N,C,H/32,W/32]
        var fused = Fuse(fusion_modules_post ?? fusion_modules, [.. levels.Take(3), mixed], sound, input);
        return Decode(decoder_post, fused, codes, information);
    }

    private static EcmvaePath Decode(
        SegmentationDecoder decoder, FusedLevel[] fused, LatentCodes codes, MutualInformationHeads? information)
    {
        Tensor[] visual = [.. fused.Select(level => level.Visual)];
        return new EcmvaePath(decoder.call(visual), visual, [.. fused.Select(level => level.Audio).OfType<Tensor>()], codes, information);
    }

    // One level with the sound of its clip mixed in. Without sound it goes on as it is.
    private readonly record struct FusedLevel(Tensor Visual, Tensor? Audio);

    private static FusedLevel[] Fuse(
        ModuleList<AudioVisualFusion>? blocks, IEnumerable<Tensor> levels, Tensor sound, AvsInput input, int from = 0) =>
    [
        .. levels.Select((level, i) =>
        {
            if (blocks is null)
                return new FusedLevel(level, null);
            var fused = blocks[from + i].call(level, sound, input.FramesPerClip);
            return new FusedLevel(fused.Visual, fused.Audio);
        }),
    ];

    private static bool Below(string prefix, string name, Func<string, bool> holds) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && holds(name[prefix.Length..]);

    private Tensor ToNetworkWidth(Tensor audio) =>
        audio_neck is null || Config.AudioChannels == Config.Channels ? audio : audio_neck.call(audio);

    private static ModuleList<AudioVisualFusion> FusionBlocks(EcmvaeConfig config) =>
        new([.. Enumerable.Range(0, 4).Select(_ => Block(config))]);

    private static AudioVisualFusion Block(EcmvaeConfig config) => config.Fusion switch
    {
        FusionKind.Tpavi => new Tpavi(config.Channels, config.TpaviChannels, config.TpaviSpan),
        FusionKind.AvCorrelation => new AvCorrelation(config.Channels),
        _ => throw new ArgumentOutOfRangeException(nameof(config), config.Fusion, "unknown fusion"),
    };
}
