using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Data.Media;

namespace Avs.Data.AvsBench;

/// <summary>
/// One split of AVSBench's AVSS as it lies on disk: every labelled pixel has the class of what sounds there. Shorter clips are filled up
/// with empty frames (<see cref="Clip.FramesPresent"/>). Safe to read from several threads.
/// </summary>
public sealed class AvssDataset : ICacheSource
{
    private const int Side = AvsBenchDataset.OfficialSize;

    private readonly AvssLayout layout;
    private readonly IReadOnlyList<AvssRow> rows;
    private readonly IReadOnlyDictionary<string, int> framesOfGroup;
    private readonly Split split;
    private readonly bool allMasks;

    private AvssDataset(AvssLayout layout, Split split, IReadOnlyList<AvssRow> rows, bool allMasks)
    {
        (this.layout, this.rows, this.split, this.allMasks) = (layout, rows, split, allMasks);
        Clips = [.. rows.Select(row => row.Info)];
        Classes = layout.ReadClasses();
        // Nothing in the table states the length of a clip: it is the highest number in the names of the first clips of each group.
        framesOfGroup = rows.GroupBy(row => row.Group)
            .ToDictionary(group => group.Key, group => Math.Max(1, group.Take(8).Max(layout.FramesOf)));
        FramesPerClip = framesOfGroup.Values.Max();
    }

    public string Name => $"{Subset.AVSS} {split.Name()}";

    public int FramesPerClip { get; }

    public IReadOnlyList<ClipInfo> Clips { get; }

    public IReadOnlyList<string> Classes { get; }

    public string CacheName => $"avss-{split.Name()}{(allMasks ? "-all_masks" : "")}";

    public string Root => layout.Root;

    public string Settings => $"{CacheName} frames={FramesPerClip} side={Side}";

    /// <param name="root">The folder that holds `metadata.csv` and `label2idx.json`, or its parent (with `Semantic-labels` or
    /// `AVSBench_semantic`).</param>
    /// <param name="allTrainMasks">Also reads the labels beyond the first frame of `v1s` training clips, where there are any.</param>
    /// <exception cref="DataException">The table or the class names are missing, a row is wrong, or the split is empty.</exception>
    public static AvssDataset Open(string root, Split split, bool allTrainMasks = false)
    {
        if (!Directory.Exists(root))
            throw new DataException($"{root} is missing, expected a folder with {AvssLayout.TableName}");
        var layout = AvssLayout.Find(root) ?? throw new DataException($"{root} holds no {AvssLayout.TableName}");
        var rows = layout.ReadTable().Where(row => row.Info.Split == split).ToArray();
        if (rows.Length == 0)
            throw new DataException($"{layout.Table} has no clip in the split {split.Name()}");
        foreach (var group in rows.GroupBy(row => row.Group))
            AvsBenchDataset.RequireOnce(layout.Table, group.Select(row => row.Info), clip => clip.Id);
        return new AvssDataset(layout, split, rows, allTrainMasks);
    }

    public IEnumerable<string> FilesOf(int index)
    {
        var row = rows[index];
        return
        [
            .. Enumerable.Range(0, framesOfGroup[row.Group]).Select(t => layout.Frame(row, t)),
            .. LabelledFrames(row).Select(t => layout.Label(row, t)),
            layout.Sound(row),
        ];
    }

    public Clip Load(int index)
    {
        var row = rows[index];
        var present = framesOfGroup[row.Group];
        var pixels = new byte[FramesPerClip * Side * Side * 3];
        for (var t = 0; t < present; t++)
        {
            var (rgb, height, width) = FrameReader.Read(Existing(row, layout.Frame(row, t), $"frame {t + 1} of {present}"));
            Fit(rgb, height, width, 3).CopyTo(pixels, t * Side * Side * 3);
        }

        var labelled = LabelledFrames(row);
        var labels = new byte[labelled.Length * Side * Side];
        for (var i = 0; i < labelled.Length; i++)
        {
            var (numbers, height, width) = AvssPalette.Read(Existing(row, layout.Label(row, labelled[i]), $"label {labelled[i] + 1}"),
                Classes.Count);
            Fit(numbers, height, width, 1).CopyTo(labels, i * Side * Side);
        }

        return new Clip(row.Info, Side, Side, pixels, new byte[labels.Length], labelled, Sound(row, present)).WithLabels(labels)
            .WithFramesPresent(present);
    }

    public ClipSound LoadSound(int index)
    {
        var present = framesOfGroup[rows[index].Group];
        return new ClipSound(Sound(rows[index], present), null) { ExamplesPresent = present };
    }

    public Waveform? LoadWaveform(int index)
    {
        var (mono, rate) = WavReader.Read(Existing(rows[index], layout.Sound(rows[index]), "the sound"));
        return new Waveform(mono, rate);
    }

    // Training clips of v1s are labelled in their first frame, as S4's are; the others everywhere.
    private int[] LabelledFrames(AvssRow row)
    {
        var frames = Enumerable.Range(0, framesOfGroup[row.Group]);
        if (row.Group != AvssLayout.SingleSource || split != Split.Train)
            return [.. frames];
        return allMasks ? [.. frames.Where(t => t == 0 || File.Exists(layout.Label(row, t)))] : [0];
    }

    // Seconds after the clip's end, and a last one that is too short, are zeros, which is not the value of silence.
    private float[] Sound(AvssRow row, int present)
    {
        var path = Existing(row, layout.Sound(row), "the sound");
        var (mono, rate) = WavReader.Read(path);
        var examples = LogMelFrontEnd.Compute(mono, rate);
        if (examples.Length == 0)
            throw new DataException(
                $"{path} is {(double)mono.Length / rate:0.###} s long, expected about {present} s and at least 0.975 s");
        var result = new float[FramesPerClip * Clip.LogMelSize];
        examples.AsSpan(0, Math.Min(examples.Length, present * Clip.LogMelSize)).CopyTo(result);
        return result;
    }

    private static string Existing(AvssRow row, string path, string what) =>
        Path.Exists(path) ? path : throw new DataException($"{path} is missing: {what} of the clip {row.Info.Id}");

    // Training pictures are scaled to fit their short side and cropped to the middle; the others are stretched to the square.
    private byte[] Fit(byte[] pixels, int height, int width, int channels)
    {
        if (height == Side && width == Side)
            return pixels;
        var shorter = Math.Min(height, width);
        var (newHeight, newWidth) = split == Split.Train
            ? ((int)Math.Round((double)height * Side / shorter), (int)Math.Round((double)width * Side / shorter))
            : (Side, Side);
        var resized = new byte[newHeight * newWidth * channels];
        if (channels == 1)
            PixelResize.Nearest(pixels, height, width, resized, newHeight, newWidth);
        else
            PixelResize.Rgb(pixels, height, width, resized, newHeight, newWidth);
        return Middle(resized, newHeight, newWidth, channels);
    }

    private static byte[] Middle(byte[] pixels, int height, int width, int channels)
    {
        if (height == Side && width == Side)
            return pixels;
        var middle = new byte[Side * Side * channels];
        var (top, left) = ((height - Side) / 2, (width - Side) / 2);
        for (var y = 0; y < Side; y++)
            pixels.AsSpan(((top + y) * width + left) * channels, Side * channels).CopyTo(middle.AsSpan(y * Side * channels));
        return middle;
    }
}
