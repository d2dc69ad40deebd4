namespace Avs.Eval.Metrics;

/// <summary>
/// Largest F-measure over 255 thresholds ("F-score", M_F) of clips that come in file order. The curves of frames with a target are
/// averaged, and the maximum is taken of the mean curve; frames without a target are skipped, and a call of such frames only scores 0.
/// </summary>
/// <param name="mode">Whether each call of a few clips has its own maximum, or the data set one.</param>
/// <param name="clipsPerCall">Clips of one call in <see cref="EvalMode.Reference"/>.</param>
public sealed class FScoreMeter(EvalMode mode, int clipsPerCall = IouMeter.ReferenceClipsPerCall)
{
    private readonly List<double> calls = [];
    private readonly Dictionary<string, double> clips = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MeanCurve> categories = new(StringComparer.Ordinal);
    private readonly MeanCurve all = new();
    private MeanCurve call = new();
    private int clipsInCall;

    /// <summary>Adds one clip.</summary>
    /// <param name="clip">The clip's id.</param>
    /// <param name="category">Its category; empty where there is none.</param>
    /// <param name="frames">Its labelled frames.</param>
    public void Add(string clip, string category, IReadOnlyList<FrameScore> frames)
    {
        if (!categories.TryGetValue(category, out var ofCategory))
            categories[category] = ofCategory = new MeanCurve();
        var own = new MeanCurve();
        foreach (var frame in frames)
        {
            if (frame.F is not { } curve)
                continue;
            own.Add(curve);
            ofCategory.Add(curve);
            all.Add(curve);
            call.Add(curve);
        }
        clips[clip] = own.Maximum;
        if (++clipsInCall == clipsPerCall)
            EndCall();
    }

    /// <summary>The F-score so far; a call that is not full counts like a full one, as in the reference.</summary>
    public MetricResult Result()
    {
        var value = clips.Count == 0 ? double.NaN : all.Maximum;
        if (mode == EvalMode.Reference && clips.Count > 0)
        {
            value = (clipsInCall > 0 ? calls.Append(call.Maximum) : calls).Average();
        }
        return new MetricResult(value, mode, clips, categories.ToDictionary(pair => pair.Key, pair => pair.Value.Maximum));
    }

    private void EndCall()
    {
        calls.Add(call.Maximum);
        call = new MeanCurve();
        clipsInCall = 0;
    }

    /// <summary>The sum of some frames' curves.</summary>
    private sealed class MeanCurve
    {
        private readonly double[] sum = new double[FScoreThresholds.Count];
        private int frames;

        public double Maximum => frames == 0 ? 0 : sum.Max() / frames;

        public void Add(float[] curve)
        {
            for (var i = 0; i < sum.Length; i++)
                sum[i] += curve[i];
            frames++;
        }
    }
}
