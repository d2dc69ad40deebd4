using Avs.Data.Clips;

namespace Avs.Data.AvsBench;

/// <summary>Finds clips with the same frame or sound: in different splits that is a leak, which makes scores worthless.</summary>
internal sealed class Duplicates
{
    private readonly List<(ClipInfo Clip, ClipFacts Facts)> clips = [];

    public void Add(ClipInfo clip, ClipFacts facts) => clips.Add((clip, facts));

    /// <summary>A sentence for each pair of clips of different splits that share a frame or a sound.</summary>
    public IEnumerable<string> AcrossSplits() =>
        Shared().Where(pair => pair.First.Split != pair.Second.Split).GroupBy(pair => (pair.First, pair.Second, pair.What)).Select(group =>
        {
            var ((first, second, what), example) = (group.Key, group.First());
            var shared = group.Count() == 1 ? $"a {what}" : $"{group.Count()} {what}s";
            return $"{first.Id} ({first.Split.Name()}) and {second.Id} ({second.Split.Name()}) share {shared}: {example.FirstFile} and "
                + $"{example.SecondFile}";
        });

    /// <summary>How many clips share a frame or sound with an earlier clip of their split that is of another scene.</summary>
    public int WithinSplits() => Shared()
        .Where(pair => pair.First.Split == pair.Second.Split && (pair.First.Scene is null || pair.First.Scene != pair.Second.Scene))
        .Select(pair => pair.Second).Distinct().Count();

    // Each content with the first clip that has it; and, in another split, with the first of those.
    private IEnumerable<(ClipInfo First, string FirstFile, ClipInfo Second, string SecondFile, string What)> Shared()
    {
        var firsts = new Dictionary<(string, UInt128), List<(ClipInfo Clip, string File)>>();
        foreach (var (clip, facts) in clips)
        {
            foreach (var (what, file, digest) in facts.Contents)
            {
                if (!firsts.TryGetValue((what, digest), out var seen))
                    firsts[(what, digest)] = seen = [];
                foreach (var (first, firstFile) in seen.Where(first => first.Clip != clip))
                    yield return (first, firstFile, clip, file, what);
                if (seen.All(first => first.Clip.Split != clip.Split))
                    seen.Add((clip, file));
            }
        }
    }
}
