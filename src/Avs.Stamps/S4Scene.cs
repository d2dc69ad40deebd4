using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Stamps;

/// <summary>Writes a single-source scene: one clip for each of its objects, the frames shared, the sound and the masks its own.</summary>
internal static class S4Scene
{
    /// <summary>Writes the clips of a scene under `Single-source`.</summary>
    public static IReadOnlyList<ComposedClip> Write(string folder, SceneJob job, RenderedScene scene, NamedRandom random,
        bool labelAllTrainFrames)
    {
        var data = Path.Combine(folder, "Single-source", "s4_data");
        var labelled = job.Split == Split.Train && !labelAllTrainFrames ? 1 : SceneRenderer.FrameCount;

        // Letters in random order: neither a clip's letter nor its place in the table tells which object is in front.
        var order = Enumerable.Range(0, scene.Objects.Count).ToArray();
        random.Shuffle(order.AsSpan());
        var clips = new List<ComposedClip>();
        string? firstFrames = null;
        foreach (var sounding in order)
        {
            var item = scene.Objects[sounding];
            var name = $"{job.Id}_{(char)('a' + clips.Count)}";
            var frames = Path.Combine(data, "visual_frames", job.SplitName, item.Name, name, name);
            var masks = Path.Combine(data, "gt_masks", job.SplitName, item.Name, name, name);
            for (var k = 1; k <= SceneRenderer.FrameCount; k++)
            {
                if (firstFrames is null)
                    ClipWriter.WritePicture($"{frames}_{k}.png", scene.Frames[k - 1], 3);
                else
                    ClipWriter.Link($"{firstFrames}_{k}.png", $"{frames}_{k}.png");
                if (k <= labelled)
                    ClipWriter.WritePicture($"{masks}_{k}.png", scene.Masks[sounding][k - 1], 1);
            }

            firstFrames ??= frames;
            var recordings = job.Unheard ? item.SecondRecordings : item.Recordings;
            var always = Enumerable.Repeat(true, SceneRenderer.FrameCount).ToArray();
            var sound = SoundMixer.Mix(random, [new Voice(recordings[random.NextInt(recordings.Count)], always)], SceneRenderer.FrameCount);
            ClipWriter.WriteSound(Path.Combine(data, "audio_wav", job.SplitName, item.Name, name + ".wav"), sound);
            clips.Add(new ComposedClip(name, job, item.Name, string.Join('|', Enumerable.Repeat(item.Name, SceneRenderer.FrameCount))));
        }

        return clips;
    }
}
