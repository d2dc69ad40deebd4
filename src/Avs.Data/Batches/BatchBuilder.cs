using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Clips;
using static TorchSharp.torch;

namespace Avs.Data.Batches;

/// <summary>Builds a batch from clips: chooses frames, applies the random changes and makes tensors.</summary>
internal static class BatchBuilder
{
    /// <param name="clips">Clips of one length. Full-size masks must be of one size if they are asked for.</param>
    /// <param name="pictures">For each clip, the random stream of its frames and picture changes: clips that shall look alike get equal
    /// states.</param>
    /// <param name="sounds">For each clip, the random stream of its sound changes.</param>
    /// <param name="clipsPerPicture">How many successive clips show the same pictures.</param>
    /// <param name="parts">How many processes share the batch.</param>
    public static AvsBatch Build(
        IReadOnlyList<Clip> clips, BatchOptions options, IReadOnlyList<NamedRandom> pictures, IReadOnlyList<NamedRandom> sounds,
        int clipsPerPicture = 1, int parts = 1)
    {
        if (clips.Count == 0)
            throw new ArgumentException("a batch needs at least one clip", nameof(clips));
        var total = clips[0].Frames;
        if (clips.Any(clip => clip.Frames != total))
            throw new ArgumentException("the clips of a batch must have equally many frames", nameof(clips));

        int side = options.ImageSize, plane = side * side, count = Math.Min(options.FramesDrawn ?? total, total);
        int[][] chosen = [.. clips.Select((clip, b) => ChooseFrames(clip, options.FramesDrawn, pictures[b]))];
        var rows = chosen.Sum(frames => frames.Length);
        var augment = options.Augment ?? AugmentOptions.None;
        var changes = !ReferenceEquals(augment, AugmentOptions.None) && augment != AugmentOptions.None;

        var images = new float[rows * 3 * plane];
        var logMel = new float[rows * Clip.LogMelSize];
        var embeddings = !augment.ChangesSound && clips.All(clip => clip.SoundEmbedding is not null) ? new List<float[]>(rows) : null;
        var labels = clips.All(clip => clip.Labels is not null) ? new List<long[]>() : null;
        var masks = new List<float[]>();
        var labelled = new List<long>();
        List<byte[]> fullMasks = [], fullLabels = [];
        var first = 0;
        for (var b = 0; b < clips.Count; b++)
        {
            var clip = ClipResizer.Resize(clips[b], side, keepMasks: true);
            var smallMasks = ClipResizer.Masks(clip, side);
            var smallLabels = labels is null ? null : ClipResizer.Labels(clip, side);
            var picture = changes ? PictureChange.Draw(augment, total, clip.LabelledFrames, pictures[b]) : PictureChange.None;
            var sound = changes ? SoundChange.Draw(augment, sounds[b]) : null;
            for (var k = 0; k < chosen[b].Length; k++)
            {
                int t = chosen[b][k], row = first + k;
                embeddings?.Add(Row(clip.SoundEmbedding!, t, clip.SoundEmbedding!.Length / total));
                picture.Frame(clip.Pixels.AsSpan(t * plane * 3, plane * 3), side, t, images.AsSpan(row * 3 * plane, 3 * plane));
                var example = clip.LogMel.AsSpan(t * Clip.LogMelSize, Clip.LogMelSize);
                var target = logMel.AsSpan(row * Clip.LogMelSize, Clip.LogMelSize);
                if (sound is null)
                    example.CopyTo(target);
                else
                    sound.Example(example, target);

                var label = Array.IndexOf(clip.LabelledFrames, t);
                if (label < 0)
                    continue;
                var silent = sound is { Silent: true };
                var mask = new float[plane];
                var classes = new long[labels is null ? 0 : plane];
                if (!silent && smallLabels is null)
                    picture.Mask(smallMasks.AsSpan(label * plane, plane), side, t, mask);
                else if (!silent)
                    picture.Labels(smallLabels.AsSpan(label * plane, plane), side, t, classes, mask);
                masks.Add(mask);
                labels?.Add(classes);
                labelled.Add(row);
                if (!options.FullMasks)
                    continue;
                var full = clip.MaskHeight * clip.MaskWidth;
                fullMasks.Add(silent ? new byte[full] : Row(clip.Masks, label, full));
                if (labels is not null)
                    fullLabels.Add(silent ? new byte[full] : Row(clip.Labels!, label, full));
            }
            first += chosen[b].Length;
        }

        Tensor Full(List<byte[]> maps) =>
            tensor(Join(maps, clips[0].MaskHeight * clips[0].MaskWidth), [maps.Count, clips[0].MaskHeight, clips[0].MaskWidth]);
        return new AvsBatch(
            tensor(images, [rows, 3, side, side]),
            tensor(logMel, [rows, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands]),
            tensor(Join(masks, plane), [masks.Count, 1, side, side]),
            tensor(labelled.ToArray(), [labelled.Count]),
            options.FullMasks ? Full(fullMasks) : null,
            count,
            [.. clips.Select(clip => clip.Info)])
        {
            ClipsPerPicture = clipsPerPicture,
            Parts = parts,
            Labels = labels is null ? null : tensor(Join(labels, plane), [labels.Count, side, side]),
            FullLabels = options.FullMasks && labels is not null ? Full(fullLabels) : null,
            SoundEmbedding = embeddings is null ? null : tensor(Join(embeddings, embeddings[0].Length), [rows, embeddings[0].Length]),
            Lengths = chosen.All(frames => frames.Length == count) ? null : [.. chosen.Select(frames => frames.Length)],
        };
    }

    // Labelled frames first, where fewer than all have a mask: a frame without one teaches a single-frame batch nothing.
    private static int[] ChooseFrames(Clip clip, int? drawn, NamedRandom random)
    {
        if (drawn is not { } count || count >= clip.FramesPresent)
            return [.. Enumerable.Range(0, clip.FramesPresent)];
        var labelled = clip.LabelledFrames.ToArray();
        var others = Enumerable.Range(0, clip.FramesPresent).Except(labelled).ToArray();
        random.Shuffle(labelled.AsSpan());
        random.Shuffle(others.AsSpan());
        int[] chosen = [.. labelled.Concat(others).Take(count)];
        Array.Sort(chosen);
        return chosen;
    }

    private static T[] Row<T>(T[] rows, int index, int size) => rows.AsSpan(index * size, size).ToArray();

    private static T[] Join<T>(List<T[]> parts, int size)
    {
        var joined = new T[parts.Count * size];
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Length != size)
                throw new ArgumentException("the full-size masks (and the sound embeddings) of a batch must be of one size");
            parts[i].CopyTo(joined, i * size);
        }

        return joined;
    }
}
