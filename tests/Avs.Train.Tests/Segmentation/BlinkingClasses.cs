using Avs.Data.Clips;

namespace Avs.Train.Tests.Segmentation;

/// <summary>
/// The clips of <see cref="Blinking"/> as AVSS would have them: the left square is of class 1, the right one of class 2; every second clip
/// is twice as long, and of every third only the first frame is labelled.
/// </summary>
internal sealed class BlinkingClasses(int scenes, Split split) : IClipDataset
{
    private readonly Blinking blinking = new(scenes, split);

    public string Name => "AVSS " + blinking.Name;

    public int FramesPerClip => 2 * blinking.FramesPerClip;

    public IReadOnlyList<ClipInfo> Clips { get; } = [.. new Blinking(scenes, split).Clips.Select(clip => clip with { Scene = null })];

    public IReadOnlyList<string> Classes => ["background", "low", "high"];

    public Clip Load(int index)
    {
        var clip = blinking.Load(index);
        var isLong = index % 2 == 1;
        byte[] pixels = [.. clip.Pixels, .. isLong ? clip.Pixels : new byte[clip.Pixels.Length]];
        float[] logMel = [.. clip.LogMel, .. isLong ? clip.LogMel : new float[clip.LogMel.Length]];
        int[] labelled = index % 3 == 0 ? [0] : isLong ? [0, 1, 2, 3] : [0, 1];
        var pixelsOfFrame = clip.Height * clip.Width;
        byte[] labels = [.. labelled.SelectMany(_ => clip.Masks.Take(pixelsOfFrame)).Select(mask => (byte)(mask * (1 + index % 2)))];
        return new Clip(Clips[index], clip.Height, clip.Width, pixels, new byte[labels.Length], labelled, logMel)
            .WithLabels(labels).WithFramesPresent(isLong ? 4 : 2);
    }
}
