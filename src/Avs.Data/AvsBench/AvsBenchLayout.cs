using Avs.Data.Clips;

namespace Avs.Data.AvsBench;

/// <summary>Where the files of AVSBench's S4 and MS3 lie. The subsets differ in three ways: MS3 has no category folders, its frames have no
/// split folder, and `.mp4` stays inside the names of its frames but not of its masks.</summary>
internal sealed class AvsBenchLayout
{
    private static readonly string[] PictureEndings = [".png", ".jpg", ".jpeg"];

    private readonly Subset subset;

    private AvsBenchLayout(Subset subset, string root)
    {
        this.subset = subset;
        Root = root;
        Table = Path.Combine(root, TableName(subset));
        Stamps = Path.Combine(root, "stamps.csv");
        DataFolder = Path.Combine(root, subset == Subset.S4 ? "s4_data" : "ms3_data");
    }

    public string Root { get; }

    public string Table { get; }

    /// <summary>The table that AVS-Stamps adds.</summary>
    public string Stamps { get; }

    /// <summary>`s4_data` or `ms3_data`.</summary>
    public string DataFolder { get; }

    public string FramesFolder => Path.Combine(DataFolder, "visual_frames");

    public string MasksFolder => Path.Combine(DataFolder, "gt_masks");

    public string SoundFolder => Path.Combine(DataFolder, "audio_wav");

    public string LogMelFolder => Path.Combine(DataFolder, "audio_log_mel");

    /// <summary>Finds the subset in a folder that holds its table, or in that folder's parent; null where it is in neither.</summary>
    public static AvsBenchLayout? Find(string folder, Subset subset)
    {
        if (subset == Subset.AVSS)
            return null; // AvssLayout has its files
        string[] candidates = [folder, Path.Combine(folder, HomeOf(subset))];
        var root = candidates.FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, TableName(subset))));
        return root is null ? null : new AvsBenchLayout(subset, root);
    }

    /// <summary>The layout of a folder that is yet to be filled.</summary>
    public static AvsBenchLayout At(string root, Subset subset) => new(subset, root);

    /// <summary>The folder that a subset lies in beside the other.</summary>
    public static string HomeOf(Subset subset) => subset == Subset.S4 ? "Single-source" : "Multi-sources";

    public static string TableName(Subset subset) => subset == Subset.S4 ? "s4_meta_data.csv" : "ms3_meta_data.csv";

    public string FrameFolder(ClipInfo clip) => subset == Subset.S4
        ? Path.Combine(FramesFolder, clip.Split.Name(), clip.Category, clip.Id)
        : Path.Combine(FramesFolder, clip.Id);

    public string MaskFolder(ClipInfo clip) => subset == Subset.S4
        ? Path.Combine(MasksFolder, clip.Split.Name(), clip.Category, clip.Id)
        : Path.Combine(MasksFolder, clip.Split.Name(), clip.Id);

    /// <param name="number">The frame's number in file names, from one.</param>
    public string Frame(ClipInfo clip, int number) =>
        Picture(Path.Combine(FrameFolder(clip), subset == Subset.S4 ? $"{clip.Id}_{number}" : $"{clip.Id}.mp4_{number}"));

    /// <param name="number">The frame's number in file names, from one.</param>
    public string Mask(ClipInfo clip, int number) => Picture(Path.Combine(MaskFolder(clip), $"{clip.Id}_{number}"));

    public string Sound(ClipInfo clip) => Path.Combine(SoundFolder, SoundName(clip) + ".wav");

    public string LogMel(ClipInfo clip) => Path.Combine(LogMelFolder, SoundName(clip) + ".pkl");

    private string SoundName(ClipInfo clip) => subset == Subset.S4
        ? Path.Combine(clip.Split.Name(), clip.Category, clip.Id)
        : Path.Combine(clip.Split.Name(), clip.Id);

    /// <summary>The PNG or JPEG file of a name; where there is neither, the PNG that is missing.</summary>
    internal static string Picture(string name) =>
        PictureEndings.Select(ending => name + ending).FirstOrDefault(Path.Exists) ?? name + PictureEndings[0];

    /// <summary>The number at the end of a picture's name; null for any other file.</summary>
    internal static int? NumberOf(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return PictureEndings.Contains(Path.GetExtension(path)) && int.TryParse(name.AsSpan(name.LastIndexOf('_') + 1), out var number)
            && number is >= 0 and < 1000
            ? number
            : null;
    }

    /// <summary>The largest number among the frames and masks of a clip; 0 where it has none. Holes do not matter.</summary>
    public int HighestNumber(ClipInfo clip)
    {
        var highest = 0;
        foreach (var folder in new[] { FrameFolder(clip), MaskFolder(clip) })
        {
            if (!Directory.Exists(folder))
                continue;
            foreach (var file in Directory.EnumerateFiles(folder))
                highest = Math.Max(highest, NumberOf(file) ?? 0);
        }

        return highest;
    }
}
