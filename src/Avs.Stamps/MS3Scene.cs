using Avs.Core;

namespace Avs.Stamps;

/// <summary>Writes a multi-sources scene: one clip in which each second has its own sounding objects, sometimes none.</summary>
internal static class MS3Scene
{
    /// <summary>The chance that a second is silent.</summary>
    public const double SilentSecond = 0.1;

    /// <summary>Writes the clip under `Multi-sources`.</summary>
    public static ComposedClip Write(string folder, SceneJob job, RenderedScene scene, NamedRandom random)
    {
        var data = Path.Combine(folder, "Multi-sources", "ms3_data");
        var sounding = DrawSounding(random, scene.Objects.Count, SceneRenderer.FrameCount);
        for (var k = 1; k <= SceneRenderer.FrameCount; k++)
        {
            ClipWriter.WritePicture(Path.Combine(data, "visual_frames", job.Id, $"{job.Id}.mp4_{k}.png"), scene.Frames[k - 1], 3);
            var union = new byte[SceneRenderer.Side * SceneRenderer.Side];
            for (var i = 0; i < scene.Objects.Count; i++)
            {
                if (!sounding[i][k - 1])
                    continue;
                for (var p = 0; p < union.Length; p++)
                    union[p] |= scene.Masks[i][k - 1][p];
            }

            ClipWriter.WritePicture(Path.Combine(data, "gt_masks", job.SplitName, job.Id, $"{job.Id}_{k}.png"), union, 1);
        }

        ClipWriter.WriteSound(Path.Combine(data, "audio_wav", job.SplitName, job.Id + ".wav"), Mix(job, scene, sounding, random));
        var names = Enumerable.Range(0, scene.Objects.Count).Where(i => sounding[i].Any(s => s)).Select(i => scene.Objects[i].Name);
        var seconds = Enumerable.Range(0, SceneRenderer.FrameCount)
            .Select(second =>
                string.Join('+', Enumerable.Range(0, scene.Objects.Count).Where(i => sounding[i][second])
                .Select(i => scene.Objects[i].Name)));
        return new ComposedClip(job.Id, job, string.Join('+', names), string.Join('|', seconds));
    }

    /// <summary>The sound of a scene: each object's recording in the seconds in which it sounds.</summary>
    internal static short[] Mix(SceneJob job, RenderedScene scene, bool[][] sounding, NamedRandom random)
    {
        var voices = new List<Voice>();
        for (var i = 0; i < scene.Objects.Count; i++)
        {
            var recordings = job.Unheard ? scene.Objects[i].SecondRecordings : scene.Objects[i].Recordings;
            voices.Add(new Voice(recordings[random.NextInt(recordings.Count)], sounding[i]));
        }

        return SoundMixer.Mix(random, voices, scene.Frames.Length);
    }

    /// <summary>
    /// Draws which object sounds in which second, `[object][second]`: many seconds repeat the one before, a few are silent, the others
    /// draw one object or several; at least one second of the clip is not silent.
    /// </summary>
    internal static bool[][] DrawSounding(NamedRandom random, int objects, int seconds)
    {
        var sounding = Enumerable.Range(0, objects).Select(_ => new bool[seconds]).ToArray();
        do
        {
            for (var second = 0; second < seconds; second++)
            {
                var silent = random.Chance(SilentSecond);
                var goesOn = second > 0 && random.Chance(0.4) && sounding.Any(s => s[second - 1]);
                var sole = random.Chance(0.5) ? random.NextInt(objects) : -1;
                for (var i = 0; i < objects; i++)
                    sounding[i][second] = !silent && (goesOn ? sounding[i][second - 1] : sole < 0 ? random.Chance(0.7) : sole == i);
                if (!silent && sounding.All(s => !s[second]))
                    sounding[random.NextInt(objects)][second] = true;
            }
        }
        while (sounding.All(s => s.All(x => !x)));

        return sounding;
    }
}
