using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Clips;

namespace Avs.Eval.Evaluation;

/// <summary>What a clip's pictures get to hear, and what is true of them then.</summary>
/// <param name="LogMel">`[T, 1, 96, 64]`.</param>
/// <param name="Embedding">The output of a frozen audio network for it, `[T, D]`, where it is known.</param>
/// <param name="Truth">0 or 1, `[L, MaskHeight, MaskWidth]` of the clip's labelled frames.</param>
internal sealed record PlayedSound(float[] LogMel, float[]? Embedding, byte[] Truth);

/// <summary>Plays the sounds of an <see cref="AudioCondition"/> to the pictures of a data set. Safe to use from several threads.</summary>
internal sealed class ConditionedSound
{
    /// <summary>The seed of noise and of off-screen sounds (AVSBench-Robust's).</summary>
    public const long Seed = 42;

    private readonly IClipDataset dataset;
    private readonly int[]? partners;

    /// <param name="dataset">The data set.</param>
    /// <param name="audio">What is played instead of each clip's own sound.</param>
    /// <exception cref="UsageException">The data set has no scenes (<see cref="AudioCondition.Other"/>), too few clips
    /// (<see cref="AudioCondition.Swapped"/>), categories of one kind only, or of none that is known
    /// (<see cref="AudioCondition.OffScreen"/>), or no recordings (<see cref="AudioCondition.Noise"/>).</exception>
    /// <exception cref="DataException">A clip is alone in its scene (<see cref="AudioCondition.Other"/>).</exception>
    public ConditionedSound(IClipDataset dataset, AudioCondition audio)
    {
        this.dataset = dataset;
        Audio = audio;
        partners = audio switch
        {
            AudioCondition.Swapped => SoundSwap.Partners(dataset.Clips, dataset.Name),
            AudioCondition.OffScreen => OffScreenSounds.Partners(dataset.Clips, dataset.Name),
            AudioCondition.Other => OthersInScene(dataset),
            _ => null,
        };
        if (audio == AudioCondition.Noise && dataset.Clips.Count > 0)
            _ = Recording(0);
    }

    public AudioCondition Audio { get; }

    /// <summary>The row of the clip whose sound is played to a picture; with silence and noise the picture's own.</summary>
    public ClipInfo SoundFrom(int index) => dataset.Clips[partners?[index] ?? index];

    /// <summary>The sound for a clip.</summary>
    /// <param name="index">The clip's place in the data set.</param>
    /// <param name="clip">The clip as the data set has it.</param>
    public PlayedSound Play(int index, Clip clip)
    {
        switch (Audio)
        {
            case AudioCondition.Muted:
                var silence = new float[clip.LogMel.Length];
                Array.Fill(silence, LogMelFrontEnd.Silence);
                return new PlayedSound(silence, null, clip.Masks);
            case AudioCondition.Noise:
                return new PlayedSound(Noise(index, clip), null, clip.Masks);
            case AudioCondition.Swapped or AudioCondition.OffScreen:
                var sound = dataset.LoadSound(partners![index]);
                return new PlayedSound(
                    Again(sound.LogMel, sound.ExamplesPresent, clip.Frames),
                    sound.Embedding is { } embedding ? Again(embedding, sound.ExamplesPresent, clip.Frames) : null, clip.Masks);
            case AudioCondition.Other:
                var other = dataset.Load(partners![index], clip);
                return other.Masks.Length == clip.Masks.Length
                    ? new PlayedSound(other.LogMel, other.SoundEmbedding, other.Masks)
                    : throw new DataException(
                        $"The clip '{clip.Info.Id}' and another of its scene have masks of different size or number.");
            default:
                return new PlayedSound(clip.LogMel, clip.SoundEmbedding, clip.Masks);
        }
    }

    // Independent normal samples with the root mean square of the clip's own, as many as it has.
    private float[] Noise(int index, Clip clip)
    {
        var (own, rate) = Recording(index);
        var loudness = Math.Sqrt(own.Sum(sample => sample * sample) / Math.Max(1, own.Length));
        var random = new NamedRandom(Seed, $"evaluate/noise/{clip.Info.Id}");
        var noise = new double[own.Length];
        for (var i = 0; i < noise.Length; i++)
            noise[i] = loudness * random.NextNormal();
        var examples = LogMelFrontEnd.ComputeExactly(noise, rate, clip.FramesPresent)
            ?? throw new DataException($"The recording of the clip '{clip.Info.Id}' is too short for noise of its length.");
        Array.Resize(ref examples, clip.LogMel.Length); // seconds after a shorter clip's end are not looked at
        return examples;
    }

    // A recording that ends before the clip is played again from its start: zeros after its end are no sound that a model knows.
    private static float[] Again(float[] rows, int present, int frames)
    {
        if (present == frames)
            return rows;
        var size = rows.Length / frames;
        var played = new float[rows.Length];
        for (var t = 0; t < frames; t++)
            rows.AsSpan(t % present * size, size).CopyTo(played.AsSpan(t * size));
        return played;
    }

    private Waveform Recording(int index) => dataset.LoadWaveform(index) ?? throw new UsageException(
        $"White noise as loud as each clip needs the clips' recordings (WAV); '{dataset.Name}' has none of '{dataset.Clips[index].Id}'.");

    private static int[] OthersInScene(IClipDataset dataset)
    {
        var scenes = new Scenes(dataset, "The sound of the other object");
        int[] partners = [.. Enumerable.Range(0, dataset.Clips.Count).Select(scenes.Next)];
        var alone = Array.FindIndex(partners, partner => dataset.Clips[partner].Scene is null);
        if (alone < 0) alone = Enumerable.Range(0, partners.Length).FirstOrDefault(i => partners[i] == i, -1);
        if (alone >= 0)
            throw new DataException($"The clip '{dataset.Clips[alone].Id}' of '{dataset.Name}' is alone in its scene: there is no other "
                + "object whose sound could be played.");
        return partners;
    }
}
