using System.Globalization;
using System.Text;

namespace Avs.Data.Stamps;

/// <summary>Writes the tables of a composed subset: AVSBench's own, and beside it `stamps.csv` with what only a composed set knows.</summary>
internal static class StampsTables
{
    /// <summary>Writes both tables of a subset, clips in their order.</summary>
    public static void Write(string folder, Subset subset, IReadOnlyList<ComposedClip> clips)
    {
        var (home, table) = subset == Subset.S4 ? ("Single-source", "s4_meta_data.csv") : ("Multi-sources", "ms3_meta_data.csv");
        var (meta, stamps) = (new StringBuilder(), new StringBuilder());
        meta.Append(subset == Subset.S4 ? "name,start,category,split\n" : "video_id,split\n");
        stamps.Append("name,scene,split,object,seen,sounding\n");
        foreach (var clip in clips)
        {
            var job = clip.Job;
            meta.Append(subset == Subset.S4 ? $"{clip.Name},0,{clip.Object},{job.SplitName}\n" : $"{clip.Name},{job.SplitName}\n");
            stamps.Append(CultureInfo.InvariantCulture, $"{clip.Name},{job.Id},{job.SplitName},{clip.Object},{(job.Unheard ? 0 : 1)},{clip.Sounding}\n");
        }

        File.WriteAllText(Path.Combine(folder, home, table), meta.ToString());
        File.WriteAllText(Path.Combine(folder, home, "stamps.csv"), stamps.ToString());
    }
}
