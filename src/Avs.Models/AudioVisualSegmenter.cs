using Avs.Core.Configuration;
using Avs.Core.Libtorch;
using Avs.Models.Audio;
using Avs.Models.Backbones;
using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models;

/// <summary>A whole segmenter: an audio network and the network that segments by its embeddings.</summary>
public sealed class AudioVisualSegmenter : nn.Module<AvsInput, SegmenterOutput>
{
    private readonly AudioBackbone? audio;
    private readonly SegmentationNetwork network;
    private readonly bool frozen;

    /// <summary>Creates the segmenter with fresh weights, drawn from torch's default generator.</summary>
    /// <param name="config">What to build.</param>
    public AudioVisualSegmenter(SegmenterConfig config) : base(nameof(AudioVisualSegmenter))
    {
        Config = RecordCheck.Require(config, "model");
        if (config.Network.UsesSound)
        {
            audio = AudioRegistry.Create(config.Audio, config.Network.AudioChannels);
            frozen = config.FreezeAudio ?? AudioRegistry.Find(config.Audio).Frozen;
        }
        network = config.Network.Create();
        RegisterComponents();
        if (frozen)
            foreach (var parameter in audio!.parameters())
                parameter.requires_grad = false;
    }

    /// <summary>What it was built from.</summary>
    public SegmenterConfig Config { get; }

    /// <summary>The audio network; null where the segmenting network uses no sound.</summary>
    public AudioBackbone? Audio => audio;

    /// <summary>The network without the audio part: its entries have the names of the published checkpoints.</summary>
    public SegmentationNetwork Network => network;

    /// <summary>
    /// The audio network where it is used as it is, so that its embeddings can be computed beforehand; null where it learns or there is
    /// none.
    /// </summary>
    public AudioBackbone? FrozenAudio => frozen ? audio : null;

    /// <summary>
    /// The parameters that an optimizer should see: all but a frozen audio network's and those kept for the published checkpoints' sake.
    /// </summary>
    public IEnumerable<(string Name, Parameter Parameter)> LearnedParameters() =>
        named_parameters().Where(entry => !IsFrozen(entry.name) && !IsUnused(entry.name)).Select(entry => (entry.name, entry.parameter));

    /// <summary>The names of the visual backbone's parameters, as <c>named_parameters()</c> has them.</summary>
    public IEnumerable<string> BackboneParameters()
    {
        var parameters = modules().OfType<VisualBackbone>().SelectMany(backbone => backbone.parameters());
        var handles = parameters.Select(parameter => parameter.Handle).ToHashSet();
        return named_parameters().Where(entry => handles.Contains(entry.parameter.Handle)).Select(entry => entry.name);
    }

    /// <summary>Whether a parameter takes no part in any output; see <see cref="SegmentationNetwork.IsUnused"/>.</summary>
    /// <param name="name">A name out of <c>named_parameters()</c>.</param>
    public bool IsUnused(string name) =>
        name.StartsWith("network.", StringComparison.Ordinal) && network.IsUnused(name["network.".Length..]);

    /// <summary>Whether a parameter belongs to an audio network that is used as it is.</summary>
    /// <param name="name">A name out of <c>named_parameters()</c>.</param>
    public bool IsFrozen(string name) => frozen && name.StartsWith("audio.", StringComparison.Ordinal);

    /// <summary>Number of parameters, unused and frozen ones included.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    /// <summary>Whether training leaves out branches at random (stochastic depth), and so draws more than latent codes.</summary>
    public bool LeavesOutBranches => Depths.Any();

    /// <summary>
    /// Names the generator that decides which branches training leaves out. Without one it is torch's default, whose state no run saves.
    /// </summary>
    /// <param name="source">The generator, on the device on which the model runs; it stays the caller's.</param>
    /// <param name="part">The part of a batch that the model is given; null: all of it.</param>
    public void LeaveOutBranchesBy(Generator source, BatchPart? part = null)
    {
        foreach (var depth in Depths)
            (depth.Source, depth.Part) = (source, part ?? BatchPart.Whole);
    }

    /// <inheritdoc/>
    public override SegmenterOutput forward(AvsInput input) => network.call(WithEmbedding(input));

    /// <summary>The answer at test time, from the prior path. Call it in <c>eval()</c> mode under <c>torch.inference_mode()</c>.</summary>
    /// <param name="input">Frames and sound; masks are not looked at.</param>
    /// <param name="latent">How the latent codes are chosen; a network without any does not look at it.</param>
    /// <param name="noise">The draws, for the modes that draw.</param>
    public MaskPrediction Predict(AvsInput input, LatentAtTest latent, ILatentNoise noise)
    {
        using var scope = NewDisposeScope();
        var source = latent.Mode == LatentMode.Mean ? new ZeroNoise() : noise;
        input = WithEmbedding(input) with { Masks = null, Labelled = null, Noise = source };
        var prediction = latent.Mode == LatentMode.Sample
            ? network.Sample(input, latent.Samples)
            : new MaskPrediction(network.call(input).Logits);
        return prediction.MoveToOuterDisposeScope();
    }

    /// <summary>Training or evaluation mode; a frozen audio network stays in evaluation mode.</summary>
    /// <param name="train">Whether to train.</param>
    public override void train(bool train = true)
    {
        base.train(train);
        if (frozen)
            audio!.eval();
    }

    private IEnumerable<StochasticDepth> Depths => modules().OfType<StochasticDepth>().Where(depth => depth.Probability > 0);

    /// <summary>
    /// The input as <see cref="Network"/> takes it: with what the audio network makes of the sound, [N,1,96,64] -> [N,D].
    /// </summary>
    public AvsInput WithEmbedding(AvsInput input)
    {
        if (audio is null)
            return input with { AudioEmbedding = input.Images.new_zeros([input.Images.shape[0], Config.Network.AudioChannels]) };
        if (frozen && input.AudioEmbedding is not null)
            return input;
        var logMel = input.LogMel ?? throw new ArgumentException("the audio network needs log-mel patches");
        using var gradient = set_grad_enabled(is_grad_enabled() && !frozen);
        return input with { AudioEmbedding = audio.call(logMel) };
    }
}
