using static TorchSharp.torch;

namespace Avs.Models.Segmentation;

/// <summary>
/// How many frames each clip of a batch has: equally many (S4, MS3), or each its own number (AVSS has clips of five and of ten seconds). A
/// batch holds only frames that exist, none that pads a shorter clip. So convolutions, norms and losses, which take every row for itself,
/// need not know of clips at all, and what lets the frames of a clip act on one another asks here which they are.
/// </summary>
public sealed class ClipFrames
{
    private readonly int each; // 0 where clips differ
    private readonly int[] lengths = [];

    /// <summary>Frames of each clip.</summary>
    public ClipFrames(IReadOnlyList<int> lengths)
    {
        if (lengths.Count == 0 || lengths.Any(length => length < 1))
            throw new ArgumentException("a batch needs clips, and each clip a frame", nameof(lengths));
        if (lengths.All(length => length == lengths[0]))
            each = lengths[0];
        else
            this.lengths = [.. lengths];
    }

    private ClipFrames(int each)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(each, 1);
        this.each = each;
    }

    /// <summary>Equally many frames in every clip.</summary>
    public static implicit operator ClipFrames(int framesPerClip) => new(framesPerClip);

    /// <summary>Frames of every clip; null where they differ.</summary>
    public int? Equal => each > 0 ? each : null;

    /// <summary>Frames of each of the clips that so many rows are.</summary>
    /// <exception cref="ArgumentException">They are not whole clips, or are others.</exception>
    public IReadOnlyList<int> Lengths(long rows)
    {
        if (each > 0 ? rows % each != 0 : rows != lengths.Sum())
            throw new ArgumentException(each > 0
                ? $"{rows} frames are not a whole number of clips of {each}"
                : $"{rows} frames are not clips of {string.Join(", ", lengths)}");
        return each > 0 ? [.. Enumerable.Repeat(each, (int)(rows / each))] : lengths;
    }

    /// <summary>The same rows in stretches of at most so many successive frames of a clip, each a clip of its own.</summary>
    public ClipFrames Cut(int most, long rows) => each > 0 && each <= most
        ? this
        : new ClipFrames([.. Lengths(rows).SelectMany(length =>
            Enumerable.Range(0, (length + most - 1) / most).Select(part => Math.Min(most, length - part * most)))]);

    /// <summary>The frames of each clip side by side, zeros after those of a shorter one: [N,…] -> [B,T,…].</summary>
    public Tensor PerClip(Tensor rows)
    {
        var clips = Lengths(rows.shape[0]);
        if (each > 0)
            return rows.view([clips.Count, each, .. rows.shape[1..]]);
        using var scope = NewDisposeScope();
        var (places, first, most) = (new List<long>(), 0, lengths.Max());
        foreach (var length in lengths)
        {
            places.AddRange(Enumerable.Range(0, most).Select(t => t < length ? first + t : rows.shape[0]));
            first += length;
        }
        var padded = cat([rows, zeros_like(rows.narrow(0, 0, 1))]);
        return padded.index_select(0, tensor(places.ToArray(), device: rows.device)).view([clips.Count, most, .. rows.shape[1..]])
            .MoveToOuterDisposeScope();
    }

    /// <summary>What <see cref="PerClip"/> gives, changed since, with zeros again after the frames of a shorter clip: [B,T,C].</summary>
    public Tensor WithoutPadding(Tensor clips)
    {
        if (each > 0)
            return clips;
        using var scope = NewDisposeScope();
        var places = arange(clips.shape[1], ScalarType.Int64, clips.device).unsqueeze(0); // [1,T]
        var isFrame = places < tensor(lengths, ScalarType.Int64, clips.device).unsqueeze(1); // [B,T]
        return (clips * isFrame.unsqueeze(2).to(clips.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>What each clip has, for each of its frames: [B,…] -> [N,…].</summary>
    public Tensor ForEveryFrame(Tensor clips)
    {
        if (each > 0)
            return clips.repeat_interleave(each, 0);
        using var scope = NewDisposeScope();
        long[] clipOfRow = [.. lengths.SelectMany((length, clip) => Enumerable.Repeat((long)clip, length))];
        return clips.index_select(0, tensor(clipOfRow, device: clips.device)).MoveToOuterDisposeScope();
    }

    /// <summary>What each clip has, over the number of its frames' places: [B,…] -> [B,…].</summary>
    /// <param name="places">Of a frame.</param>
    public Tensor DividedByPlaces(Tensor clips, long places)
    {
        if (each > 0)
            return clips / (double)(each * places);
        using var scope = NewDisposeScope();
        long[] shape = [lengths.Length, .. Enumerable.Repeat(1L, clips.shape.Length - 1)];
        float[] positions = [.. lengths.Select(length => (float)(length * places))];
        return (clips / tensor(positions, clips.dtype, clips.device).view(shape)).MoveToOuterDisposeScope();
    }
}
