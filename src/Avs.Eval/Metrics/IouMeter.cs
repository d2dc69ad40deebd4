namespace Avs.Eval.Metrics;

/// <summary>Mean intersection over union ("mIoU", M_J) of clips that come in file order.</summary>
/// <param name="mode">How frames become one number.</param>
/// <param name="clipsPerCall">Clips of one call in <see cref="EvalMode.Reference"/>.</param>
public sealed class IouMeter(EvalMode mode, int clipsPerCall = IouMeter.ReferenceClipsPerCall)
{
    /// <summary>Clips of one call in the published evaluation.</summary>
    public const int ReferenceClipsPerCall = 4;

    private readonly List<double> _calls = [];
    private readonly Dictionary<string, double> _clips = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Mean> _categories = new(StringComparer.Ordinal);
    private Mean _all, _call;
    private int _clipsInCall;

    /// <summary>Adds one clip.</summary>
    /// <param name="clip">The clip's id.</param>
    /// <param name="category">Its category; empty where there is none.</param>
    /// <param name="frames">Its labelled frames.</param>
    public void Add(string clip, string category, IReadOnlyList<FrameScore> frames)
    {
        Mean own = default;
        foreach (var frame in frames) own = own.With(frame.Iou);
        _clips[clip] = own.Value;
        _categories[category] = _categories.GetValueOrDefault(category).With(own);
        _all = _all.With(own);
        _call = _call.With(own);
        if (++_clipsInCall == clipsPerCall) EndCall();
    }

    /// <summary>The mean so far; a call that is not full counts like a full one, as in the reference.</summary>
    public MetricResult Result()
    {
        var value = _all.Value;
        if (mode == EvalMode.Reference && _all.Count > 0)
        {
            var calls = _clipsInCall > 0 ? _calls.Append(_call.Value) : _calls;
            value = calls.Average();
        }
        return new MetricResult(value, mode, _clips, _categories.ToDictionary(pair => pair.Key, pair => pair.Value.Value));
    }

    private void EndCall()
    {
        _calls.Add(_call.Value);
        _call = default;
        _clipsInCall = 0;
    }

    /// <summary>A running mean.</summary>
    private readonly record struct Mean(double Sum, int Count)
    {
        public double Value => Count == 0 ? double.NaN : Sum / Count;

        public Mean With(double value) => new(Sum + value, Count + 1);

        public Mean With(Mean other) => new(Sum + other.Sum, Count + other.Count);
    }
}
