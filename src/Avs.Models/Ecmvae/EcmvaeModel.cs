using Avs.Models.Backbones;
using Avs.Models.Fusion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// ECMVAE: Y. Mao, J. Zhang, M. Xiang, Y. Zhong, Y. Dai, "Multimodal Variational Auto-encoder based Audio-Visual Segmentation", ICCV 2023.
//
//   picture -> encoder -> neck_prior -> + prior codes     -> TPAVI (sound) -> decoder_prior -> logits       (training and test)
//                      -> neck_post  -> + posterior codes -> TPAVI (sound) -> decoder_post  -> logits       (training: sees the mask)
//
// Both paths share the backbone and the four TPAVI blocks (whose BatchNorm therefore sees the two in turn, as in the published checkpoints).
// The names of the entries are the authors'. `audio_neck` is theirs too: it does nothing where an audio vector has the network's width (the
// paper's 128 = 128) and brings it there where it has not. Without sound there are neither audio_neck nor TPAVI, and the latent model is named
// `cvae_model`, as in the release's conditional VAE.

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

    /// <summary>Creates the network with fresh weights, drawn from torch's default generator; neither disk nor network is touched.</summary>
    /// <param name="config">Sizes and choices.</param>
    public EcmvaeModel(EcmvaeConfig config) : this(config, BackboneRegistry.Create(config.Backbone, config.DropPath)) { }

    /// <summary>Creates the network around a given backbone.</summary>
    /// <param name="config">Sizes and choices; its backbone name is not used.</param>
    /// <param name="backbone">The backbone, which now belongs to the network.</param>
    public EcmvaeModel(EcmvaeConfig config, VisualBackbone backbone) : base(nameof(EcmvaeModel))
    {
        Config = config;
        encoder = backbone;
        neck_prior = new Neck(config.Neck, backbone.Channels, config.Channels);
        neck_post = new Neck(config.Neck, backbone.Channels, config.Channels);
        if (config.UseAudio)
        {
            audio_neck = nn.Linear(config.AudioChannels, config.Channels);
            mm_vae_model = LatentModel.Of(config);
            fusion_modules = FusionBlocks(config);
            if (config.PosteriorFusion == PosteriorFusion.Own)
                fusion_modules_post = FusionBlocks(config);
        }
        else
        {
            cvae_model = LatentModel.Of(config);
        }
        decoder_prior = SegmentationDecoder.Of(config.Decoder, config.Channels);
        decoder_post = SegmentationDecoder.Of(config.Decoder, config.Channels);
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
    /// <param name="input">Frames, audio vectors, masks.</param>
    /// <param name="noise">The draws of the latent codes.</param>
    public override SegmenterOutput forward(NetworkInput input, ILatentNoise noise)
    {
        using var scope = NewDisposeScope();
        var pictures = SharedPictures.Of(input);
        var levels = encoder.call(pictures.Once(input.Images)); // 4 x [P,Cᵢ,H/2^(i+2),W/2^(i+2)], P = N / ClipsPerPicture
        var sound = ToNetworkWidth(input.Audio); // [N,C]
        Observe(input, "encoder", levels);
        var prior = PriorPath(pictures.ForEveryClip(neck_prior.call(levels)), input, sound, noise);
        if (input.Masks is null)
            return new SegmenterOutput(prior).MoveToOuterDisposeScope();

        var evidence = Evidence.For(input, prior.Logits, Config.Supervision);
        var posterior = PosteriorPath(pictures.ForEveryClip(neck_post.call(levels)), input, sound, evidence, prior.Codes!, noise);
        return new SegmenterOutput(prior, posterior, evidence.Rows).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Prediction Predict(NetworkInput input, LatentAtTest latent, ILatentNoise noise)
    {
        using var scope = NewDisposeScope();
        var source = latent.Mode == LatentMode.Mean ? new ZeroNoise() : noise;
        var sound = ToNetworkWidth(input.Audio);
        var levels = neck_prior.call(encoder.call(input.Images));
        var moments = Latents.PriorMoments(input.Images, input.Audio);

        // The codes enter at the coarsest level only: the other three are fused once for all draws.
        var fused = new Tensor[4];
        for (var i = 0; i < 3; i++)
            fused[i] = Fuse(fusion_modules, i, levels[i], sound, input.FramesPerClip).Visual;

        Tensor Draw()
        {
            using var inner = NewDisposeScope();
            var codes = Latents.FusePrior(Latents.SamplePrior(moments, source), source);
            fused[3] = Fuse(fusion_modules, 3, Latents.MixPrior(levels[3], codes), sound, input.FramesPerClip).Visual;
            return decoder_prior.call(fused).sigmoid().MoveToOuterDisposeScope(); // [N,1,H,W]
        }

        if (latent.Mode != LatentMode.Sample)
            return new Prediction(Draw().MoveToOuterDisposeScope());

        var draws = stack([.. Enumerable.Range(0, latent.Samples).Select(_ => Draw())]); // [S,N,1,H,W]
        return new Prediction(draws.mean([0]).MoveToOuterDisposeScope(), draws.var(0, false).MoveToOuterDisposeScope());
    }

    private LatentModel Latents => mm_vae_model ?? cvae_model!;

    private PathOutput PriorPath(IReadOnlyList<Tensor> levels, NetworkInput input, Tensor sound, ILatentNoise noise)
    {
        Observe(input, "neck_prior", levels);
        var codes = Latents.SamplePrior(Latents.PriorMoments(input.Images, input.Audio), noise);
        var fused = Latents.FusePrior(codes, noise);
        var information = input.Masks is null ? null : Latents.PriorInformation(fused);
        var mixed = Latents.MixPrior(levels[3], fused);
        input.Observe?.Invoke("mm_vae_model.noise_model_prior.noise_conv", mixed);
        return Decode([.. levels.Take(3), mixed], fusion_modules, decoder_prior, input, sound, input.Observe) with { Codes = codes, Information = information };
    }

    private PathOutput PosteriorPath(
        IReadOnlyList<Tensor> levels, NetworkInput input, Tensor sound, Evidence evidence, LatentCodes prior, ILatentNoise noise)
    {
        var codes = Latents.SamplePosterior(Latents.PosteriorMoments(evidence.Images, evidence.Audio, evidence.Masks), noise);
        // Frames without evidence keep their prior codes.
        var fused = Latents.FusePosterior(evidence.Over(prior, codes), noise);
        var information = Latents.PosteriorInformation(fused);
        if (evidence.Rows is { } rows)
            information = information?.Rows(rows);
        var mixed = Latents.MixPosterior(levels[3], fused);
        return Decode([.. levels.Take(3), mixed], fusion_modules_post ?? fusion_modules, decoder_post, input, sound, null) with { Codes = codes, Information = information };
    }

    private PathOutput Decode(
        Tensor[] levels, ModuleList<AudioVisualFusion>? blocks, SegmentationDecoder decoder, NetworkInput input, Tensor sound, Action<string, Tensor>? observe)
    {
        var fused = levels.Select((level, i) => Fuse(blocks, i, level, sound, input.FramesPerClip)).ToArray();
        Tensor[] visual = [.. fused.Select(f => f.Visual)];
        for (var i = 0; i < 4; i++)
            observe?.Invoke($"fusion_modules.{i}", visual[i]);
        var logits = decoder.Run(visual, observe is null ? null : (name, value) => observe($"decoder_prior.{name}", value));
        return new PathOutput(logits, visual, [.. fused.Select(f => f.Audio).OfType<Tensor>()]);
    }

    // Without sound the level goes on as it is.
    private static (Tensor Visual, Tensor? Audio) Fuse(ModuleList<AudioVisualFusion>? blocks, int i, Tensor level, Tensor sound, int framesPerClip)
    {
        if (blocks is null)
            return (level, null);
        var fused = blocks[i].call(level, sound, framesPerClip);
        return (fused.Visual, fused.Audio);
    }

    private static void Observe(NetworkInput input, string name, IReadOnlyList<Tensor> levels)
    {
        if (input.Observe is not { } observe)
            return;
        for (var i = 0; i < levels.Count; i++)
            observe($"{name}/{i}", levels[i]);
    }

    private static bool Below(string prefix, string name, Func<string, bool> holds) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && holds(name[prefix.Length..]);

    private Tensor ToNetworkWidth(Tensor audio) =>
        audio_neck is null || Config.AudioChannels == Config.Channels ? audio : audio_neck.call(audio);

    private static ModuleList<AudioVisualFusion> FusionBlocks(EcmvaeConfig config) => new([.. Enumerable.Range(0, 4).Select(_ => Block(config))]);

    private static AudioVisualFusion Block(EcmvaeConfig config) => config.Fusion switch
    {
        FusionKind.Tpavi => new Tpavi(config.Channels, config.TpaviChannels, config.TpaviSpan),
        FusionKind.AvCorrelation => new AvCorrelation(config.Channels),
        _ => throw new ArgumentOutOfRangeException(nameof(config), config.Fusion, "unknown fusion"),
    };
}
