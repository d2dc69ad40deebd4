using System.Globalization;
using System.Text;
using Avs.Data.AvsBench;
using Avs.Data.Clips;

namespace Avs.Stamps;

/// <summary>Writes the tables of a composed subset: AVSBench's own, and `stamps.csv` with what only a composed set knows.</summary>
internal static class StampsTables
{
    /// <summary>Writes both tables of a subset, clips in their order.</summary>
    /// <param name="objects">The names of all objects, which are the classes of AVSS.</param>
    public static void Write(string folder, Subset subset, IReadOnlyList<ComposedClip> clips, IReadOnlyList<string> objects)
    {
        if (subset == Subset.AVSS)
        {
            WriteAvss(Path.Combine(folder, AvssScene.Home), clips, objects);
            return;
        }

        var (home, table) = subset == Subset.S4 ? ("Single-source", "s4_meta_data.csv") : ("Multi-sources", "ms3_meta_data.csv");
        var (meta, stamps) = (new StringBuilder(), new StringBuilder());
        meta.Append(subset == Subset.S4 ? "name,start,category,split\n" : "video_id,split\n");
        stamps.Append("name,scene,split,object,seen,sounding\n");
        foreach (var clip in clips)
        {
            var job = clip.Job;
            meta.Append(subset == Subset.S4 ? $"{clip.Name},0,{clip.Object},{job.SplitName}\n" : $"{clip.Name},{job.SplitName}\n");
            stamps.Append(CultureInfo.InvariantCulture,
                $"{clip.Name},{job.Id},{job.SplitName},{clip.Object},{(job.Unheard ? 0 : 1)},{clip.Sounding}\n");
        }

        File.WriteAllText(Path.Combine(folder, home, table), meta.ToString());
        File.WriteAllText(Path.Combine(folder, home, "stamps.csv"), stamps.ToString());
    }

    private static void WriteAvss(string home, IReadOnlyList<ComposedClip> clips, IReadOnlyList<string> objects)
    {
        var table = new StringBuilder("vid,uid,s_min,s_sec,a_obj,split,label\n");
        foreach (var clip in clips)
            table.Append(CultureInfo.InvariantCulture,
                $"{clip.Name},{clip.Name},0,0,{clip.Object},{clip.Job.SplitName},{clip.Job.AvssGroup}\n");
        File.WriteAllText(Path.Combine(home, AvssLayout.TableName), table.ToString());
        var numbers = new[] { "background" }.Concat(objects).Select((name, number) => $"  \"{name}\": {number}");
        File.WriteAllText(Path.Combine(home, AvssLayout.ClassesName), "{\n" + string.Join(",\n", numbers) + "\n}\n");
    }
}
