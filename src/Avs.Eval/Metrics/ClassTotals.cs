namespace Avs.Eval.Metrics;

/// <summary>Sums of each class over the frames of a clip, or of several: all that the scores of classes need.</summary>
public sealed class ClassTotals
{
    private readonly double[] iou, f;
    private readonly int[] frames, targetFrames;
    private readonly long[] target, active, both;

    /// <param name="classes">K, the background among them.</param>
    /// <param name="padding">Frames that pad the clips to one length and that nobody predicted.</param>
    public ClassTotals(int classes, int padding = 0)
    {
        (iou, f) = (new double[classes], new double[classes]);
        (frames, targetFrames) = (new int[classes], new int[classes]);
        (target, active, both) = (new long[classes], new long[classes], new long[classes]);
        Padding = padding;
    }

    /// <summary>K.</summary>
    public int Classes => iou.Length;

    /// <summary>Frames that pad the clips: only <see cref="Protocol.AvsBench"/> counts them.</summary>
    public int Padding { get; private set; }

    /// <summary>Sum of the IoU of each class over the frames that have it.</summary>
    public IReadOnlyList<double> Iou => iou;

    /// <summary>Sum of the F-score of each class.</summary>
    public IReadOnlyList<double> F => f;

    /// <summary>Frames in whose truth or prediction each class is.</summary>
    public IReadOnlyList<int> Frames => frames;

    /// <summary>Frames in whose truth it is.</summary>
    public IReadOnlyList<int> TargetFrames => targetFrames;

    /// <summary>Pixels of the truth.</summary>
    public IReadOnlyList<long> Target => target;

    /// <summary>Pixels of the prediction.</summary>
    public IReadOnlyList<long> Active => active;

    /// <summary>Pixels of both.</summary>
    public IReadOnlyList<long> Both => both;

    /// <summary>Adds a frame.</summary>
    /// <param name="predicted">The class of each pixel.</param>
    /// <param name="truth">The true class of each pixel.</param>
    public void Add(ReadOnlySpan<byte> predicted, ReadOnlySpan<byte> truth)
    {
        if (predicted.Length != truth.Length)
            throw new ArgumentException($"a frame of {predicted.Length} pixels cannot be scored against one of {truth.Length}");
        Span<int> ofPrediction = stackalloc int[byte.MaxValue + 1], ofTruth = stackalloc int[byte.MaxValue + 1],
            ofBoth = stackalloc int[byte.MaxValue + 1];
        for (var i = 0; i < predicted.Length; i++)
        {
            ofPrediction[predicted[i]]++;
            ofTruth[truth[i]]++;
            if (predicted[i] == truth[i])
                ofBoth[truth[i]]++;
        }
        for (var c = 0; c < Classes; c++)
            Add(c, ofTruth[c], ofPrediction[c], ofBoth[c]);
        if (ofTruth[Classes..].ContainsAnyExcept(0) || ofPrediction[Classes..].ContainsAnyExcept(0))
            throw new ArgumentException($"a pixel is of a class above {Classes - 1}");
    }

    /// <summary>The sums of several clips.</summary>
    public static ClassTotals Sum(IReadOnlyList<ClassTotals> clips)
    {
        var sum = new ClassTotals(clips[0].Classes);
        foreach (var clip in clips)
            sum.Add(clip);
        return sum;
    }

    /// <summary>Writes the sums, for another process.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Classes);
        writer.Write(Padding);
        for (var c = 0; c < Classes; c++)
        {
            writer.Write(iou[c]);
            writer.Write(f[c]);
            writer.Write(frames[c]);
            writer.Write(targetFrames[c]);
            writer.Write(target[c]);
            writer.Write(active[c]);
            writer.Write(both[c]);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static ClassTotals Read(BinaryReader reader)
    {
        var totals = new ClassTotals(reader.ReadInt32(), reader.ReadInt32());
        for (var c = 0; c < totals.Classes; c++)
        {
            (totals.iou[c], totals.f[c]) = (reader.ReadDouble(), reader.ReadDouble());
            (totals.frames[c], totals.targetFrames[c]) = (reader.ReadInt32(), reader.ReadInt32());
            (totals.target[c], totals.active[c], totals.both[c]) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        }
        return totals;
    }

    private void Add(int c, int ofTruth, int ofPrediction, int ofBoth)
    {
        var union = ofTruth + ofPrediction - ofBoth;
        if (union == 0)
            return;
        frames[c]++;
        targetFrames[c] += ofTruth > 0 ? 1 : 0;
        iou[c] += (double)ofBoth / union;
        f[c] += FrameScore.FScore(ofBoth, ofPrediction, ofTruth);
        target[c] += ofTruth;
        active[c] += ofPrediction;
        both[c] += ofBoth;
    }

    private void Add(ClassTotals other)
    {
        if (other.Classes != Classes)
            throw new ArgumentException($"clips of {Classes} and of {other.Classes} classes");
        Padding += other.Padding;
        for (var c = 0; c < Classes; c++)
        {
            iou[c] += other.iou[c];
            f[c] += other.f[c];
            frames[c] += other.frames[c];
            targetFrames[c] += other.targetFrames[c];
            target[c] += other.target[c];
            active[c] += other.active[c];
            both[c] += other.both[c];
        }
    }
}
