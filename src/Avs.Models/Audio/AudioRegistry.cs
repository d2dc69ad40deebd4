using Avs.Models.Weights;

namespace Avs.Models.Audio;

/// <summary>An audio network that a configuration can name.</summary>
/// <param name="Name">The name in configurations.</param>
/// <param name="Summary">One line for a list.</param>
/// <param name="Parameters">How many it has with 128 output channels.</param>
/// <param name="Gflop">10^9 operations of its convolutions and matrix products for one second of sound; a multiply-add is two.</param>
/// <param name="Create">Builds it with fresh weights for a number of output channels.</param>
/// <param name="Frozen">Whether it is used as published unless a configuration says otherwise: never trained, always in evaluation
/// mode.</param>
public sealed record AudioEntry(string Name, string Summary, long Parameters, double Gflop, Func<int, AudioBackbone> Create,
    bool Frozen = false)
{
    /// <summary>The published weights that it starts from; null: nobody publishes any.</summary>
    public PublishedWeights? Weights => PublishedWeights.Of(Name);
}

/// <summary>All audio networks by name.</summary>
public static class AudioRegistry
{
    /// <summary>The entries, in the order of a list.</summary>
    public static IReadOnlyList<AudioEntry> All { get; } =
    [
        new("small", "four strided convolutions, mean and maximum pooling; trained with the segmenter", 103_600, 0.010,
            channels => new SmallAudioNet(channels)),
        new("vggish", "VGGish, 128 channels (the paper's, frozen)", 72_141_184, 1.73, channels => Vggish("vggish", channels, false),
            Frozen: true),
        new("vggish_pca", "VGGish with its post-processor: principal components in eight bits (frozen)", 72_157_696, 1.73,
            channels => Vggish("vggish_pca", channels, true), Frozen: true),
    ];

    private static Vggish Vggish(string name, int channels, bool postProcess) => channels == 128
        ? new Vggish(postProcess)
        : throw new ArgumentException($"{name} gives 128 audio channels, not {channels}");

    /// <summary>Builds the named network.</summary>
    /// <param name="channels">D of the audio vectors.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static AudioBackbone Create(string name, int channels) => Find(name).Create(channels);

    /// <summary>The named entry.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static AudioEntry Find(string name) => All.FirstOrDefault(entry => entry.Name == name)
        ?? throw new ArgumentException(
            $"there is no audio network '{name}'; known are {string.Join(", ", All.Select(entry => entry.Name))}");
}
