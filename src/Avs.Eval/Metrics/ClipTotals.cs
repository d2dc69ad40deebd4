namespace Avs.Eval.Metrics;

/// <summary>Sums over the frames of a clip, or of several: all that the protocols need.</summary>
public sealed class ClipTotals
{
    private readonly double[] curve = new double[FScoreThresholds.Count];

    /// <summary>Labelled frames.</summary>
    public int Frames { get; private set; }

    /// <summary>Those whose true mask is not empty.</summary>
    public int FramesWithTarget { get; private set; }

    /// <summary>Sum of the frames' <see cref="FrameScore.Iou"/>.</summary>
    public double Iou { get; private set; }

    /// <summary>Sum of the frames' shares of active pixels.</summary>
    public double ActiveShare { get; private set; }

    /// <summary>Pixels of all frames together, as in <see cref="FrameScore"/>.</summary>
    public long Pixels { get; private set; }

    /// <summary>Pixels of the true masks.</summary>
    public long Target { get; private set; }

    /// <summary>Pixels of the predicted masks.</summary>
    public long Active { get; private set; }

    /// <summary>Pixels of both.</summary>
    public long Both { get; private set; }

    /// <summary>Pixels of either.</summary>
    public long Union => Active + Target - Both;

    /// <summary>Mean IoU of the frames; NaN without frames.</summary>
    public double MeanIou => Frames == 0 ? double.NaN : Iou / Frames;

    /// <summary>Largest value of the mean F-score curve of the frames with a target; 0 where there is none.</summary>
    public double MaximumF => FramesWithTarget == 0 ? 0 : curve.Max() / FramesWithTarget;

    /// <summary>The sums of a clip.</summary>
    public static ClipTotals From(IEnumerable<FrameScore> frames)
    {
        var totals = new ClipTotals();
        foreach (var frame in frames)
            totals.Add(frame);
        return totals;
    }

    /// <summary>The sums of several clips.</summary>
    public static ClipTotals Sum(IEnumerable<ClipTotals> clips)
    {
        var totals = new ClipTotals();
        foreach (var clip in clips)
            totals.Add(clip);
        return totals;
    }

    private void Add(FrameScore frame)
    {
        Frames++;
        Iou += frame.Iou;
        ActiveShare += frame.ActiveShare;
        Pixels += frame.Pixels;
        Target += frame.Target;
        Active += frame.Active;
        Both += frame.Both;
        if (frame.F is not { } f)
            return;
        FramesWithTarget++;
        for (var i = 0; i < curve.Length; i++)
            curve[i] += f[i];
    }

    private void Add(ClipTotals other)
    {
        Frames += other.Frames;
        FramesWithTarget += other.FramesWithTarget;
        Iou += other.Iou;
        ActiveShare += other.ActiveShare;
        Pixels += other.Pixels;
        Target += other.Target;
        Active += other.Active;
        Both += other.Both;
        for (var i = 0; i < curve.Length; i++)
            curve[i] += other.curve[i];
    }
}
