using System.Collections.Concurrent;
using Avs.Data.Clips;

namespace Avs.Eval.Evaluation;

/// <summary>A data set whose loader also fetches, on its own threads, what each clip's pictures hear under several conditions.</summary>
internal sealed class ConditionedClips(IClipDataset dataset, IReadOnlyList<ConditionedSound> conditions) : IClipDataset
{
    private readonly ConcurrentDictionary<int, Sounds> waiting = new();

    /// <summary>What a clip's pictures hear.</summary>
    /// <param name="FramesPresent">How many of its frames exist.</param>
    /// <param name="Padding">How many others pad it.</param>
    /// <param name="OwnTruth">The clip's own masks.</param>
    /// <param name="Labels">The classes of their pixels; null where there are none.</param>
    /// <param name="Played">One for each condition.</param>
    public sealed record Sounds(int FramesPresent, int Padding, byte[] OwnTruth, byte[]? Labels, IReadOnlyList<PlayedSound> Played);

    public string Name => dataset.Name;

    public int FramesPerClip => dataset.FramesPerClip;

    public IReadOnlyList<ClipInfo> Clips => dataset.Clips;

    public IReadOnlyList<string> Classes => dataset.Classes;

    public Clip Load(int index)
    {
        var clip = dataset.Load(index);
        waiting[index] = new Sounds(
            clip.FramesPresent, clip.Frames - clip.FramesPresent, clip.Masks, clip.Labels,
            [.. conditions.Select(condition => condition.Play(index, clip))]);
        return clip;
    }

    /// <summary>The sounds of a clip that was loaded; they are handed over once.</summary>
    public Sounds Take(int index) => waiting.TryRemove(index, out var sounds)
        ? sounds
        : throw new InvalidOperationException($"clip {index} was not loaded, or its sounds were taken before");
}
