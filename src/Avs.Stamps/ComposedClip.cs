using Avs.Data.Clips;

namespace Avs.Stamps;

/// <summary>A scene to compose. Its number decides its stream of random numbers.</summary>
/// <param name="Subset">The layout it is for.</param>
/// <param name="Split">The split it is in.</param>
/// <param name="Number">Its number in the subset, from zero through all splits.</param>
/// <param name="Unheard">Whether its recordings are in no training clip.</param>
internal sealed record SceneJob(Subset Subset, Split Split, int Number, bool Unheard)
{
    /// <summary>The scene's name in file names and tables.</summary>
    public string Id => Number.ToString("D6", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The `label` of AVSS's table: one source, several, or several for twice as long.</summary>
    public string AvssGroup => (Number % 4) switch { 0 => "v1s", 1 => "v1m", _ => "v2" };

    /// <summary>Frames of the clip, one a second.</summary>
    public int Frames => Subset == Subset.AVSS && AvssGroup == "v2" ? 2 * SceneRenderer.FrameCount : SceneRenderer.FrameCount;

    public string SplitName => Split.Name();

    /// <summary>The scenes of a subset, in the order of its table.</summary>
    public static IEnumerable<SceneJob> All(Subset subset, SceneCounts counts)
    {
        var number = 0;
        foreach (var (split, unheard, count) in new[]
        {
            (Split.Train, false, counts.Train), (Split.Val, false, counts.Val), (Split.Test, false, counts.Test),
                (Split.Test, true, counts.TestUnheard),
        })
        {
            for (var i = 0; i < count; i++)
                yield return new SceneJob(subset, split, number++, unheard);
        }
    }
}

/// <summary>A clip's row in the tables.</summary>
/// <param name="Object">What sounds: one object in S4; in MS3 all that sound at some time, joined by '+'.</param>
/// <param name="Sounding">For each second what sounds, joined by '+' within and '|' between seconds.</param>
internal sealed record ComposedClip(string Name, SceneJob Job, string Object, string Sounding);
