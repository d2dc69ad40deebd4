using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Clips;

namespace Avs.Eval.Evaluation;

/// <summary>
/// A data set under an <see cref="AudioCondition"/>: the same pictures, other sound and, with <see cref="AudioCondition.Other"/>,
/// that sound's masks.
/// </summary>
public sealed class ConditionedDataset : IClipDataset
{
    private readonly IClipDataset dataset;
    private readonly AudioCondition audio;
    private readonly int[]? partners;

    /// <summary>Wraps a data set.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="audio">What is played instead of each clip's own sound.</param>
    /// <exception cref="UsageException">The data set has no scenes (<see cref="AudioCondition.Other"/>) or too few clips
    /// (<see cref="AudioCondition.Swapped"/>).</exception>
    public ConditionedDataset(IClipDataset dataset, AudioCondition audio)
    {
        this.dataset = dataset;
        this.audio = audio;
        partners = audio switch
        {
            AudioCondition.Swapped => SoundSwap.Partners(dataset.Clips, dataset.Name),
            AudioCondition.Other => OthersInScene(dataset),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public string Name => dataset.Name;

    /// <inheritdoc/>
    public int FramesPerClip => dataset.FramesPerClip;

    /// <summary>The pictures' own rows of the table.</summary>
    public IReadOnlyList<ClipInfo> Clips => dataset.Clips;

    /// <summary>The row of the clip whose sound is played to a picture; with silence the picture's own.</summary>
    public ClipInfo SoundFrom(int index) => Clips[partners?[index] ?? index];

    /// <inheritdoc/>
    public string? PicturesKey(int index) => dataset.PicturesKey(index);

    /// <inheritdoc/>
    public Clip Load(int index) => Condition(index, dataset.Load(index));

    /// <inheritdoc/>
    public Clip Load(int index, Clip samePictures) => Condition(index, dataset.Load(index, samePictures));

    private Clip Condition(int index, Clip clip)
    {
        switch (audio)
        {
            case AudioCondition.Muted:
                var silence = new float[clip.LogMel.Length];
                Array.Fill(silence, LogMelFrontEnd.Silence);
                return clip.WithLogMel(silence);
            case AudioCondition.Swapped:
                var stranger = dataset.Load(partners![index]);
                return clip.WithLogMel(stranger.LogMel, stranger.SoundEmbedding);
            case AudioCondition.Other:
                return clip.WithSoundAndMasksOf(dataset.Load(partners![index], clip));
            default:
                return clip;
        }
    }

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
