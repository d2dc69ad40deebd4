using System.Runtime.InteropServices;
using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Data.Media;

namespace Avs.Data.AvsBench;

/// <summary>Reads every file of an AVSS data set: reports what is wrong and collects facts.</summary>
internal static class AvssCheck
{
    public static DataCheckReport Run(AvssLayout layout, ParallelOptions parallel, Action<int, int>? progress)
    {
        var findings = new CheckFindings(Subset.AVSS, layout.Root);
        IReadOnlyList<AvssRow> rows;
        try
        {
            rows = layout.ReadTable();
        }
        catch (DataException e)
        {
            findings.Wrong("table", e.Message);
            return findings.Report();
        }

        ClipInfo[] clips = [.. rows.Select(row => row.Info)];
        findings.CheckNames(layout.Table, clips);
        var done = 0;
        foreach (var split in Enum.GetValues<Split>())
        {
            var inTable = clips.Count(clip => clip.Split == split);
            var bench = inTable > 0 ? Open(layout, split, findings) : null;
            findings.Inspect(split, layout.Table, inTable, bench?.Clips, (i, wrong) => Inspect(bench!, i, wrong), parallel,
                () => progress?.Invoke(Interlocked.Increment(ref done), clips.Length));
            findings.FramesPerClip = Math.Max(findings.FramesPerClip, bench?.FramesPerClip ?? 0);
        }

        return findings.Report();
    }

    private static AvssDataset? Open(AvssLayout layout, Split split, CheckFindings findings)
    {
        try
        {
            return AvssDataset.Open(layout.Root, split, allTrainMasks: true);
        }
        catch (DataException e)
        {
            findings.Wrong("folders", e.Message);
            return null;
        }
    }

    private static (ClipFacts Facts, bool Whole) Inspect(AvssDataset bench, int index, Action<string, string> wrong)
    {
        var facts = new ClipFacts();
        var whole = true;
        foreach (var file in bench.FilesOf(index))
        {
            var group = Path.GetFileName(file) == "audio.wav" ? "sound"
                : Path.GetFileName(Path.GetDirectoryName(file)) == "labels_rgb" ? "masks"
                : "frames";
            try
            {
                switch (group)
                {
                    case "sound":
                        Sound(file, facts);
                        break;
                    case "masks":
                        Label(file, bench.Classes.Count, facts);
                        break;
                    default:
                        Frame(file, facts);
                        break;
                }
            }
            catch (DataException e)
            {
                whole = false;
                wrong(group, e.Message);
            }
        }

        return (facts, whole);
    }

    private static void Frame(string file, ClipFacts facts)
    {
        var (rgb, _, _) = FrameReader.Read(file);
        facts.Frames++;
        if (ClipInspector.IsPlain(rgb))
            facts.PlainFrames++;
        else
            facts.Contents.Add(("frame", file, ClipInspector.Digest(rgb)));
    }

    private static void Label(string file, int classes, ClipFacts facts)
    {
        var (numbers, _, _) = AvssPalette.Read(file, classes);
        var covered = numbers.Count(number => number != 0);
        facts.MaskKinds.Add("classes");
        facts.MaskArea += covered / (double)numbers.Length;
        facts.EmptyMasks += covered == 0 ? 1 : 0;
        facts.FullMasks += covered == numbers.Length ? 1 : 0;
    }

    private static void Sound(string file, ClipFacts facts)
    {
        var (mono, rate) = WavReader.Read(file, out var channels);
        var logMel = LogMelFrontEnd.Compute(mono, rate);
        if (logMel.Length == 0)
            throw new DataException($"{file} is {(double)mono.Length / rate:0.###} s long, expected at least 0.975 s");
        facts.SoundKind = ClipInspector.SoundKind(rate, channels);
        facts.Seconds = (double)mono.Length / rate;
        (facts.LowestLogMel, facts.HighestLogMel) = (logMel.Min(), logMel.Max());
        facts.Silent = facts.HighestLogMel < LogMelFrontEnd.Silence + ClipInspector.SilentRange;
        if (!facts.Silent)
            facts.Contents.Add(("sound", file, ClipInspector.Digest(MemoryMarshal.AsBytes(logMel.AsSpan()))));
    }
}
