namespace Avs.Eval.Metrics;

/// <summary>
/// Largest F-measure over 255 thresholds ("F-score", M_F) of clips that come in file order. The curves of frames with a target are
/// averaged, and the maximum is taken of the mean curve; frames without a target are skipped, and a call of such frames only scores 0.
/// </summary>
/// <param name="mode">Whether each call of a few clips has its own maximum, or the data set one.</param>
/// <param name="clipsPerCall">Clips of one call in <see cref="EvalMode.Reference"/>.</param>
public sealed class FMeasureMeter(EvalMode mode, int clipsPerCall = IouMeter.ReferenceClipsPerCall)
{
    private readonly List<double> _calls = [];
    private readonly Dictionary<string, double> _clips = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MeanCurve> _categories = new(StringComparer.Ordinal);
    private readonly MeanCurve _all = new();
    private MeanCurve _call = new();
    private int _clipsInCall;

    /// <summary>Adds one clip.</summary>
    /// <param name="clip">The clip's id.</param>
    /// <param name="category">Its category; empty where there is none.</param>
    /// <param name="frames">Its labelled frames.</param>
    public void Add(string clip, string category, IReadOnlyList<FrameScore> frames)
    {
        if (!_categories.TryGetValue(category, out var ofCategory)) _categories[category] = ofCategory = new MeanCurve();
        var own = new MeanCurve();
        foreach (var frame in frames)
        {
            if (frame.F is not { } curve) continue;
            own.Add(curve);
            ofCategory.Add(curve);
            _all.Add(curve);
            _call.Add(curve);
        }
        _clips[clip] = own.Maximum;
        if (++_clipsInCall == clipsPerCall) EndCall();
    }

    /// <summary>The F-measure so far; a call that is not full counts like a full one, as in the reference.</summary>
    public MetricResult Result()
    {
        var value = _clips.Count == 0 ? double.NaN : _all.Maximum;
        if (mode == EvalMode.Reference && _clips.Count > 0)
        {
            var calls = _clipsInCall > 0 ? _calls.Append(_call.Maximum) : _calls;
            value = calls.Average();
        }
        return new MetricResult(value, mode, _clips, _categories.ToDictionary(pair => pair.Key, pair => pair.Value.Maximum));
    }

    private void EndCall()
    {
        _calls.Add(_call.Maximum);
        _call = new MeanCurve();
        _clipsInCall = 0;
    }

    /// <summary>The sum of some frames' curves.</summary>
    private sealed class MeanCurve
    {
        private readonly double[] _sum = new double[FrameScorer.Thresholds];
        private int _frames;

        public double Maximum => _frames == 0 ? 0 : _sum.Max() / _frames;

        public void Add(float[] curve)
        {
            for (var i = 0; i < _sum.Length; i++) _sum[i] += curve[i];
            _frames++;
        }
    }
}
