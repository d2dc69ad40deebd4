using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Clips;

namespace Avs.Stamps;

/// <summary>Writes an AVSS-like scene: one clip whose label pictures show the class of every object that sounds in that second.</summary>
internal static class AvssScene
{
    /// <summary>The folder of the AVSS-like clips.</summary>
    public const string Home = "Semantic-labels";

    /// <summary>Writes the clip under <see cref="Home"/>, in AVSS's layout: JPEG frames, coloured labels, numbers from zero.</summary>
    /// <param name="objects">All objects: an object's class is its position among them, from 1.</param>
    /// <param name="labelAllTrainFrames">Also labels the later frames of training clips with one source.</param>
    public static ComposedClip Write(
        string folder, SceneJob job, RenderedScene scene, NamedRandom random, IReadOnlyList<LoadedObject> objects, bool labelAllTrainFrames)
    {
        var home = Path.Combine(folder, Home, job.AvssGroup, job.Id);
        var (count, frames) = (scene.Objects.Count, scene.Frames.Length);
        var single = job.AvssGroup == AvssLayout.SingleSource;
        var sounding = single ? One(random.NextInt(count), count, frames) : MS3Scene.DrawSounding(random, count, frames);
        var labelled = single && job.Split == Split.Train && !labelAllTrainFrames ? 1 : frames;
        for (var t = 0; t < frames; t++)
        {
            ClipWriter.WritePicture(Path.Combine(home, "frames", $"{t}.jpg"), scene.Frames[t], 3);
            if (t < labelled)
                ClipWriter.WritePicture(Path.Combine(home, "labels_rgb", $"{t}.png"), Labels(scene, sounding, t, objects), 3);
        }

        ClipWriter.WriteSound(Path.Combine(home, "audio.wav"), MS3Scene.Mix(job, scene, sounding, random));
        string Names(Func<int, bool> sounds) =>
            string.Join('+', Enumerable.Range(0, count).Where(sounds).Select(i => scene.Objects[i].Name));
        return new ComposedClip(
            job.Id, job, Names(i => sounding[i].Any(s => s)),
                string.Join('|', Enumerable.Range(0, frames).Select(t => Names(i => sounding[i][t]))));
    }

    private static bool[][] One(int chosen, int objects, int seconds) =>
        [.. Enumerable.Range(0, objects).Select(i => Enumerable.Repeat(i == chosen, seconds).ToArray())];

    // BGR, `[224, 224, 3]`. Objects are listed from the farthest on, so a nearer one overwrites the others.
    private static byte[] Labels(RenderedScene scene, bool[][] sounding, int t, IReadOnlyList<LoadedObject> objects)
    {
        var picture = new byte[SceneRenderer.Side * SceneRenderer.Side * 3];
        for (var i = 0; i < scene.Objects.Count; i++)
        {
            if (!sounding[i][t])
                continue;
            var number = 1 + Enumerable.Range(0, objects.Count).First(k => objects[k].Name == scene.Objects[i].Name);
            var (red, green, blue) = AvssPalette.ColourOf(number);
            var mask = scene.Masks[i][t];
            for (var p = 0; p < mask.Length; p++)
            {
                if (mask[p] != 0)
                    (picture[3 * p], picture[3 * p + 1], picture[3 * p + 2]) = (blue, green, red);
            }
        }

        return picture;
    }
}
