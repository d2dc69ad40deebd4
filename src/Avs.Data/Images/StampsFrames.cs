using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using Avs.Data.Media;

namespace Avs.Data.Images;

/// <summary>
/// The frames of an S4, reduced to squares: every second of every scene once. AVS-Stamps has a clip of the same frames for each object in the
/// picture; the class of a frame is the object that covers most of the scene's first frame, its attributes are the objects that it shows.
/// In AVSBench's own S4 each clip is a scene, with its category.
/// </summary>
internal sealed class StampsFrames : IImageDataset
{
    /// <summary>The side of the reduced frames, where none is chosen.</summary>
    public const int DefaultSide = 32;

    private readonly AvsBenchDataset clips;
    private readonly Scene[] scenes;
    private readonly int side;

    private StampsFrames(AvsBenchDataset clips, Scene[] scenes, IReadOnlyList<string> classes, int side) =>
        (this.clips, this.scenes, Classes, this.side) = (clips, scenes, classes, side);

    private sealed record Scene(ClipInfo Clip, int Label, bool[] Shows);

    public string Name => $"stamps {clips.Split.Name()}";

    public int Count => scenes.Length * clips.FramesPerClip;

    public int Height => side;

    public int Width => side;

    public int Channels => 3;

    public IReadOnlyList<string> Classes { get; }

    public IReadOnlyList<string> Attributes => Classes;

    public int Label(int index) => scenes[index / clips.FramesPerClip].Label;

    public IReadOnlyList<bool> AttributesOf(int index) => scenes[index / clips.FramesPerClip].Shows;

    public byte[] Pixels(int index) => Reduced(clips, scenes[index / clips.FramesPerClip].Clip, index % clips.FramesPerClip, side);

    public static IImageDataset Open(Split split, ImageSetOptions options)
    {
        var (clips, classes) = OpenClips("stamps", split, options, allTrainMasks: false);
        var groups = clips.Clips.GroupBy(clip => clip.Scene ?? clip.Id).Select(group => group.ToArray()).ToArray();
        var scenes = new Scene[groups.Length];
        ImageTensors.ReadInParallel(groups.Length, i =>
        {
            var group = groups[i];
            var largest = group.Length == 1 ? group[0] : group.MaxBy(clip => clips.LoadMask(clip, 0).Count(pixel => pixel != 0))!;
            var shows = group.Select(clip => clip.Category).ToHashSet(StringComparer.Ordinal);
            scenes[i] = new Scene(group[0], classes.IndexOf(largest.Category), [.. classes.Select(shows.Contains)]);
        });
        return new StampsFrames(clips, scenes, classes, options.Side ?? DefaultSide);
    }

    /// <summary>The clips of an S4 and its classes, which are the same for every split.</summary>
    internal static (AvsBenchDataset Clips, List<string> Classes) OpenClips(
        string name, Split split, ImageSetOptions options, bool allTrainMasks)
    {
        if (options.Root is not { } root)
            throw new UsageException($"{name} is read from a folder that 'avs data compose DIR' made, or an S4; name it with --root DIR");
        var clips = AvsBenchDataset.Open(root, Subset.S4, split, allTrainMasks);
        var table = AvsBenchDataset.ReadTable(AvsBenchLayout.Find(root, Subset.S4)!, Subset.S4);
        return (clips, [.. table.Select(clip => clip.Category).Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>One frame as RGB, [side, side, 3].</summary>
    internal static byte[] Reduced(AvsBenchDataset clips, ClipInfo clip, int second, int side) =>
        PixelResize.Rgb(clips.LoadFrame(clip, second), AvsBenchDataset.OfficialSize, AvsBenchDataset.OfficialSize, side, side);
}
