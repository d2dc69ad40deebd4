using TorchSharp.Modules;
using static TorchSharp.torch;

// Four strided convolutions over the log-mel patch and two poolings: the mean says what the second is like on the whole, the maximum keeps
// a short call in an otherwise quiet second. Trained together with the segmenter.

namespace Avs.Models.Audio;

/// <summary>The audio network of the demo.</summary>
public sealed class SmallAudioNet : AudioBackbone
{
    private readonly Sequential convolutions;
    private readonly Linear embedding;

    /// <summary>Creates the network.</summary>
    /// <param name="channels">D of the audio vectors. VGGish: 128.</param>
    public SmallAudioNet(int channels = 128) : base(nameof(SmallAudioNet))
    {
        Channels = channels;
        convolutions = nn.Sequential(Halve(1, 16), Halve(16, 32), Halve(32, 64), Halve(64, 96));
        embedding = nn.Linear(2 * 96, channels);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int Channels { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor logMel)
    {
        using var scope = NewDisposeScope();
        var x = convolutions.call(logMel); // [N,1,96,64] -> [N,96,6,4]
        var pooled = cat([x.mean([2, 3]), x.amax([2, 3])], 1); // [N,192]
        return embedding.call(pooled).MoveToOuterDisposeScope(); // [N,D]
    }

    private static Sequential Halve(long input, long output) => nn.Sequential(
        nn.Conv2d(input, output, 3, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(output), nn.ReLU());
}
