using Avs.Models.Audio;
using Avs.Models.Ecmvae;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models;

/// <summary>A whole segmenter: an audio network and the network that segments by its vectors.</summary>
public sealed class AudioVisualSegmenter : nn.Module<AvsInput, ILatentNoise, SegmenterOutput>
{
    private readonly AudioBackbone audio;
    private readonly EcmvaeModel network;

    /// <summary>Creates the segmenter with fresh weights, drawn from torch's default generator.</summary>
    /// <param name="config">What to build.</param>
    public AudioVisualSegmenter(SegmenterConfig config) : base(nameof(AudioVisualSegmenter))
    {
        Config = config;
        audio = AudioRegistry.Create(config.Audio, config.Network.AudioChannels);
        network = new EcmvaeModel(config.Network);
        RegisterComponents();
    }

    /// <summary>What it was built from.</summary>
    public SegmenterConfig Config { get; }

    /// <summary>The network without the audio part: its entries have the names of the published checkpoints.</summary>
    public EcmvaeModel Network => network;

    /// <summary>The parameters that an optimizer should see: all but those kept for the published checkpoints' sake.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> LearnedParameters() =>
        named_parameters().Where(entry => !IsUnused(entry.name)).Select(entry => (entry.name, entry.parameter));

    /// <summary>Whether a parameter takes no part in any output; see <see cref="EcmvaeModel.IsUnused"/>.</summary>
    /// <param name="name">A name out of <c>named_parameters()</c>.</param>
    public bool IsUnused(string name) =>
        name.StartsWith("network.", StringComparison.Ordinal) && network.IsUnused(name["network.".Length..]);

    /// <summary>Number of parameters, unused ones included.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    /// <inheritdoc/>
    public override SegmenterOutput forward(AvsInput input, ILatentNoise noise) => network.call(WithVectors(input), noise);

    /// <summary>Probabilities for a report, from the prior path. Call it in <c>eval()</c> mode under <c>torch.inference_mode()</c>.</summary>
    /// <param name="input">Frames and sound; masks are not looked at.</param>
    /// <param name="latent">How the latent codes are chosen.</param>
    /// <param name="noise">The draws, for the modes that draw.</param>
    public Prediction Predict(AvsInput input, LatentAtTest latent, ILatentNoise noise) =>
        network.Predict(WithVectors(input), latent, noise);

    private EcmvaeInput WithVectors(AvsInput input) =>
        new(input.Images, audio.call(input.LogMel), input.FramesPerClip, input.Masks, input.Labelled, input.ClipsPerPicture);
}
