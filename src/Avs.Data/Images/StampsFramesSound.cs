using Avs.Data.Audio;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using static TorchSharp.torch;

namespace Avs.Data.Images;

/// <summary>
/// The seconds of an S4 that have a mask (of training clips the first one only, unless AVS-Stamps was composed with all masks): the reduced
/// frame [3,side,side] and the log-mel example [1,96,64] of that second.
/// </summary>
internal static class StampsFramesSound
{
    // A log-mel value x becomes (x - Lowest) / (Highest - Lowest), cut to [0, 1]. Silence is log(0.01), the lowest that there is; the loudest
    // of AVS-Stamps is 4.3.
    private static readonly double Lowest = Math.Log(0.01);
    private const double Highest = 4.5;

    private static readonly string[] Counts = ["one", "two", "three or more"];

    public static MultimodalTensors Open(Split split, ImageSetOptions options)
    {
        var side = options.Side ?? StampsFrames.DefaultSide;
        var (clips, classes) = StampsFrames.OpenClips("stamps_frames_sound", split, options, allTrainMasks: true);
        var seconds = clips.Clips.SelectMany(clip => clips.LabelledFrames(clip).Select(t => (Clip: clip, Second: t))).ToArray();
        var first = new int[clips.Clips.Count + 1]; // of each clip among the seconds
        for (var i = 0; i < clips.Clips.Count; i++)
            first[i + 1] = first[i] + clips.LabelledFrames(clips.Clips[i]).Length;

        var frames = new byte[seconds.Length * side * side * 3];
        var sounds = new float[seconds.Length * Clip.LogMelSize];
        var quadrants = new int[seconds.Length];
        ImageTensors.ReadInParallel(clips.Clips.Count, i =>
        {
            var sound = clips.LoadSound(clips.Clips[i]);
            for (var at = first[i]; at < first[i + 1]; at++)
            {
                var (clip, second) = seconds[at];
                StampsFrames.Reduced(clips, clip, second, side).CopyTo(frames, at * side * side * 3);
                ToUnitRange(sound.AsSpan(second * Clip.LogMelSize, Clip.LogMelSize), sounds.AsSpan(at * Clip.LogMelSize));
                quadrants[at] = QuadrantOf(clips.LoadMask(clip, second), AvsBenchDataset.OfficialSize);
            }
        });

        var inScene = clips.Clips.GroupBy(clip => clip.Scene ?? clip.Id).ToDictionary(group => group.Key, group => group.Count());
        Factor[] factors =
        [
            new("class", classes, [.. seconds.Select(at => classes.IndexOf(at.Clip.Category))], null),
            new("quadrant", PolyDigitsSet.Quadrants, quadrants, 0),
            new("objects", Counts, [.. seconds.Select(at => Math.Min(inScene[at.Clip.Scene ?? at.Clip.Id], Counts.Length) - 1)], 0),
        ];
        using var scope = NewDisposeScope();
        var pictures = tensor(frames, [seconds.Length, side, side, 3], ScalarType.Byte).permute(0, 3, 1, 2).contiguous();
        var spectrograms = tensor(sounds, [seconds.Length, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands]);
        return new MultimodalTensors($"stamps_frames_sound {split.Name()}",
            [new("frame", pictures.DetachFromDisposeScope()), new("sound", spectrograms.DetachFromDisposeScope())], factors);
    }

    private static void ToUnitRange(ReadOnlySpan<float> logMel, Span<float> result)
    {
        for (var i = 0; i < logMel.Length; i++)
            result[i] = (float)Math.Clamp((logMel[i] - Lowest) / (Highest - Lowest), 0, 1);
    }

    // Where the middle of the mask lies; an empty one counts as top left.
    private static int QuadrantOf(byte[] mask, int side)
    {
        long sumX = 0, sumY = 0, count = 0;
        for (var at = 0; at < mask.Length; at++)
        {
            if (mask[at] == 0)
                continue;
            (sumX, sumY, count) = (sumX + at % side, sumY + at / side, count + 1);
        }
        return count == 0 ? 0 : (2 * sumX >= count * (side - 1) ? 1 : 0) + (2 * sumY >= count * (side - 1) ? 2 : 0);
    }
}
