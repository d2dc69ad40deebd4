using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Train.Segmentation;
using TorchSharp;

namespace Avs.Train.Tests.Segmentation;

/// <summary>A data set in memory: a bright square to the left or the right; the pitch says which of the two is the truth.</summary>
internal sealed class Blinking(int scenes, Split split) : IClipDataset
{
    private const int Size = 32;

    public string Name => $"blinking {split.ToString().ToLowerInvariant()}";

    public int FramesPerClip => 2;

    public IReadOnlyList<ClipInfo> Clips { get; } =
        [.. Enumerable.Range(0, 2 * scenes)
            .Select(i => new ClipInfo($"{i / 2}_{"ab"[i % 2]}", i % 2 == 0 ? "low" : "high", split, $"{i / 2}"))];

    /// <summary>A task that trains on six scenes of them and is validated on three.</summary>
    public static SegmentationTask CreateTask(SegmentationExperiment experiment) =>
        new(experiment, new Blinking(6, Split.Train), new Blinking(3, Split.Val), torch.CPU);

    public Clip Load(int index)
    {
        var right = index % 2 == 1;
        var pixels = new byte[FramesPerClip * Size * Size * 3];
        var masks = new byte[FramesPerClip * Size * Size];
        for (var i = 0; i < masks.Length; i++)
        {
            var (x, y) = (i % Size, i / Size % Size);
            var square = y is >= 8 and < 24 && x % 16 is >= 4 and < 12;
            for (var c = 0; c < 3; c++)
                pixels[3 * i + c] = (byte)(square ? 220 : 30 + index);
            masks[i] = (byte)(square && x / 16 == (right ? 1 : 0) ? 1 : 0);
        }
        var logMel = new float[FramesPerClip * Clip.LogMelSize];
        for (var i = 0; i < logMel.Length; i++)
            logMel[i] = i % 64 / 32 == (right ? 1 : 0) ? 1 : LogMelFrontEnd.Silence;
        return new Clip(Clips[index], Size, Size, pixels, masks, [0, 1], logMel);
    }
}
