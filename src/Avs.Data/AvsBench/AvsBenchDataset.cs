using System.Collections.Concurrent;
using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Data.Media;

namespace Avs.Data.AvsBench;

/// <summary>
/// One split of AVSBench's S4 or MS3 as it lies on disk (or of a data set composed in that layout, such as AVS-Stamps).
/// Safe to read from several threads.
/// </summary>
public sealed class AvsBenchDataset : ICacheSource
{
    /// <summary>Side of AVSBench's frames and masks in pixels.</summary>
    public const int OfficialSize = 224;

    private const int OfficialFrames = 5;

    private readonly AvsBenchLayout layout;
    private readonly Subset subset;
    private readonly bool allMasks;
    private readonly ConcurrentDictionary<string, string> notes = new();

    private AvsBenchDataset(AvsBenchLayout layout, Subset subset, Split split, IReadOnlyList<ClipInfo> clips, bool allMasks)
    {
        this.layout = layout;
        this.subset = subset;
        this.allMasks = allMasks;
        Clips = clips;
        Split = split;
        Name = $"{subset} {split.Name()}";

        // Nothing on disk states T: it is the highest number in the names of the first clips' files.
        var highest = clips.Take(8).Max(layout.HighestNumber);
        FramesPerClip = highest > 0 ? highest : OfficialFrames;
    }

    public string Name { get; }

    public int FramesPerClip { get; }

    public IReadOnlyList<ClipInfo> Clips { get; }

    public Split Split { get; }

    /// <summary>What was corrected on reading, one sentence a file: pictures of another size that were resized.</summary>
    public IReadOnlyCollection<string> Notes => [.. notes.Values];

    /// <param name="root">The folder that holds `s4_meta_data.csv` or `ms3_meta_data.csv`, or its parent (with `Single-source` and
    /// `Multi-sources`).</param>
    /// <param name="allTrainMasks">
    /// S4 training clips are labelled in their first frame only, which is the protocol of the papers; true also reads the other masks of
    /// training clips, where a data set has them.
    /// </param>
    /// <exception cref="DataException">The table or a folder is missing, a row is wrong, or the split is empty.</exception>
    public static AvsBenchDataset Open(string root, Subset subset, Split split, bool allTrainMasks = false)
    {
        if (subset == Subset.AVSS)
            throw new ArgumentException("AVSS has a layout of its own: AvssDataset", nameof(subset));
        if (!Directory.Exists(root))
            throw new DataException($"{root} is missing, expected a folder with {AvsBenchLayout.TableName(subset)}");
        var layout = AvsBenchLayout.Find(root, subset) ?? throw new DataException($"{root} holds no {AvsBenchLayout.TableName(subset)}");
        var clips = ReadTable(layout, subset);

        if (MissingFolders(layout).FirstOrDefault() is { } missing)
            throw new DataException(missing);
        var chosen = clips.Where(clip => clip.Split == split).ToArray();
        if (chosen.Length == 0)
            throw new DataException($"{layout.Table} has no clip in the split {split.Name()}");
        RequireOnce(layout.Table, chosen, clip => (clip.Category, clip.Id));
        return new AvsBenchDataset(layout, subset, split, chosen, allTrainMasks);
    }

    /// <summary>Refuses a table that names a clip of a split twice: it would be trained on and scored twice.</summary>
    internal static void RequireOnce<TKey>(string table, IEnumerable<ClipInfo> clips, Func<ClipInfo, TKey> key)
    {
        if (clips.GroupBy(key).FirstOrDefault(group => group.Count() > 1)?.ToArray() is [var clip, ..] twice)
            throw new DataException(
                $"{table} names the clip {clip.Id} {twice.Length} times in the split {clip.Split.Name()}, expected once");
    }

    /// <summary>All clips of one split, complete or not, with every mask that there is: for checks, not for training.</summary>
    internal static AvsBenchDataset OpenToCheck(AvsBenchLayout layout, Subset subset, IReadOnlyList<ClipInfo> clips) =>
        new(layout, subset, clips[0].Split, clips, allMasks: true);

    /// <summary>A sentence for each folder that is missing.</summary>
    internal static IEnumerable<string> MissingFolders(AvsBenchLayout layout)
    {
        if (!Directory.Exists(layout.FramesFolder))
            yield return $"{layout.FramesFolder} is missing: the folder of the frames";
        if (!Directory.Exists(layout.MasksFolder))
            yield return $"{layout.MasksFolder} is missing: the folder of the masks";
        if (!Directory.Exists(layout.SoundFolder) && !Directory.Exists(layout.LogMelFolder))
            yield return $"{layout.SoundFolder} is missing: the folder of the sounds";
    }

    public string CacheName => $"{subset}-{Split.Name()}{(allMasks ? "-all_masks" : "")}".ToLowerInvariant();

    public string Root => layout.Root;

    public string Settings => $"{CacheName} frames={FramesPerClip} side={OfficialSize} masks={MaskReader.Rule}";

    public IEnumerable<string> FilesOf(int index)
    {
        var clip = Clips[index];
        return
        [
            .. Enumerable.Range(1, FramesPerClip).Select(number => layout.Frame(clip, number)),
            .. LabelledFrames(clip).Select(t => layout.Mask(clip, t + 1)),
            SoundFile(clip),
        ];
    }

    public Clip Load(int index)
    {
        var clip = Clips[index];
        RequireCountFromOne(clip);
        var pixels = new byte[FramesPerClip * OfficialSize * OfficialSize * 3];
        for (var t = 0; t < FramesPerClip; t++)
            LoadFrame(clip, t).CopyTo(pixels, t * OfficialSize * OfficialSize * 3);
        return Load(clip, OfficialSize, OfficialSize, pixels);
    }

    public Clip Load(int index, Clip samePictures)
    {
        RequireCountFromOne(Clips[index]);
        return Load(Clips[index], samePictures.Height, samePictures.Width, samePictures.Pixels);
    }

    public ClipSound LoadSound(int index) => new(LoadSound(Clips[index]), null);

    public Waveform? LoadWaveform(int index)
    {
        var path = layout.Sound(Clips[index]);
        if (!Path.Exists(path))
            return null;
        var (mono, rate) = WavReader.Read(path);
        return new Waveform(mono, rate);
    }

    /// <summary>
    /// Clips of one scene whose frame files have the same sizes and times (hard links do) show the same pictures.
    /// </summary>
    public string? PicturesKey(int index)
    {
        var clip = Clips[index];
        if (clip.Scene is null)
            return null;
        var key = new System.Text.StringBuilder(clip.Scene);
        for (var number = 1; number <= FramesPerClip; number++)
        {
            var file = new FileInfo(layout.Frame(clip, number));
            if (!file.Exists)
                return null;
            key.Append('|').Append(file.Length).Append('@').Append(file.LastWriteTimeUtc.Ticks);
        }

        return key.ToString();
    }

    internal static IReadOnlyList<ClipInfo> ReadTable(AvsBenchLayout layout, Subset subset)
    {
        var clips = ClipTable.Read(layout.Table, subset);
        return File.Exists(layout.Stamps) ? ClipTable.WithStamps(clips, layout.Stamps) : clips;
    }

    /// <summary>The frames (from zero) of a clip that must have a mask.</summary>
    internal int[] LabelledFrames(ClipInfo clip)
    {
        if (subset != Subset.S4 || clip.Split != Split.Train)
            return [.. Enumerable.Range(0, FramesPerClip)];
        return allMasks ? [.. Enumerable.Range(0, FramesPerClip).Where(t => t == 0 || Path.Exists(layout.Mask(clip, t + 1)))] : [0];
    }

    /// <summary>One frame as RGB, `[224, 224, 3]`.</summary>
    internal byte[] LoadFrame(ClipInfo clip, int t)
    {
        var path = layout.Frame(clip, t + 1);
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new DataException($"{path} is missing: frame {t + 1} of {FramesPerClip} of the clip {clip.Id}");
        var (rgb, height, width) = FrameReader.Read(path);
        return Fit(path, rgb, height, width, 3);
    }

    /// <summary>One mask, 0 or 1, `[224, 224]`.</summary>
    internal byte[] LoadMask(ClipInfo clip, int t)
    {
        var path = layout.Mask(clip, t + 1);
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new DataException($"{path} is missing: mask {t + 1} of the clip {clip.Id}");
        var (mask, height, width) = MaskReader.Read(path);
        return Fit(path, mask, height, width, 1);
    }

    /// <summary>The sound's log-mel examples, `[T, 1, 96, 64]`: of the WAV file, or of the release's pickle where there is none.</summary>
    internal float[] LoadSound(ClipInfo clip)
    {
        var path = SoundFile(clip);
        if (!Path.Exists(path))
            throw new DataException($"{path} is missing: the sound of the clip {clip.Id}");
        if (path == layout.LogMel(clip))
            return LogMelFile.Read(path, FramesPerClip);
        var (mono, rate) = WavReader.Read(path);
        return LogMelFrontEnd.ComputeExactly(mono, rate, FramesPerClip)
            ?? throw new DataException(
                $"{path} is {(double)mono.Length / rate:0.###} s long, expected about {FramesPerClip} s and at least 0.975 s");
    }

    private string SoundFile(ClipInfo clip) =>
        !Path.Exists(layout.Sound(clip)) && Path.Exists(layout.LogMel(clip)) ? layout.LogMel(clip) : layout.Sound(clip);

    /// <exception cref="DataException">The frames or masks of a clip are counted from 0: each would be taken for the one before
    /// it.</exception>
    internal void RequireCountFromOne(ClipInfo clip)
    {
        if (new[] { layout.Frame(clip, 0), layout.Mask(clip, 0) }.FirstOrDefault(File.Exists) is { } file)
            throw new DataException($"{file} has the number 0, expected frames and masks counted from 1");
    }

    private Clip Load(ClipInfo clip, int height, int width, byte[] pixels)
    {
        var labelled = LabelledFrames(clip);
        var masks = new byte[labelled.Length * OfficialSize * OfficialSize];
        for (var i = 0; i < labelled.Length; i++)
            LoadMask(clip, labelled[i]).CopyTo(masks, i * OfficialSize * OfficialSize);
        return new Clip(clip, height, width, pixels, masks, labelled, LoadSound(clip), OfficialSize, OfficialSize);
    }

    private byte[] Fit(string path, byte[] pixels, int height, int width, int channels)
    {
        if (height == OfficialSize && width == OfficialSize)
            return pixels;
        notes[path] = $"{path} is {width}x{height} and was resized to {OfficialSize}x{OfficialSize}";
        return channels == 1
            ? PixelResize.Mask(pixels, height, width, OfficialSize, OfficialSize)
            : PixelResize.Rgb(pixels, height, width, OfficialSize, OfficialSize);
    }
}
