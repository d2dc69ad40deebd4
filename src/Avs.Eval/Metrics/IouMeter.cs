namespace Avs.Eval.Metrics;

/// <summary>Mean intersection over union ("mIoU", M_J) of clips that come in file order.</summary>
/// <param name="mode">How frames become one number.</param>
/// <param name="clipsPerCall">Clips of one call in <see cref="EvalMode.Reference"/>.</param>
public sealed class IouMeter(EvalMode mode, int clipsPerCall = IouMeter.ReferenceClipsPerCall)
{
    /// <summary>Clips of one call in the published evaluation.</summary>
    public const int ReferenceClipsPerCall = 4;

    private readonly List<double> calls = [];
    private readonly Dictionary<string, double> clips = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Mean> categories = new(StringComparer.Ordinal);
    private Mean all, call;
    private int clipsInCall;

    /// <summary>Adds one clip.</summary>
    /// <param name="clip">The clip's id.</param>
    /// <param name="category">Its category; empty where there is none.</param>
    /// <param name="frames">Its labelled frames.</param>
    public void Add(string clip, string category, IReadOnlyList<FrameScore> frames)
    {
        Mean own = default;
        foreach (var frame in frames)
            own = own.With(frame.Iou);
        clips[clip] = own.Value;
        categories[category] = categories.GetValueOrDefault(category).With(own);
        all = all.With(own);
        call = call.With(own);
        if (++clipsInCall == clipsPerCall)
            EndCall();
    }

    /// <summary>The mean so far; a call that is not full counts like a full one, as in the reference.</summary>
    public MetricResult Result()
    {
        var value = all.Value;
        if (mode == EvalMode.Reference && all.Count > 0)
        {
            value = (clipsInCall > 0 ? calls.Append(call.Value) : calls).Average();
        }
        return new MetricResult(value, mode, clips, categories.ToDictionary(pair => pair.Key, pair => pair.Value.Value));
    }

    private void EndCall()
    {
        calls.Add(call.Value);
        call = default;
        clipsInCall = 0;
    }

    /// <summary>A running mean.</summary>
    private readonly record struct Mean(double Sum, int Count)
    {
        public double Value => Count == 0 ? double.NaN : Sum / Count;

        public Mean With(double value) => new(Sum + value, Count + 1);

        public Mean With(Mean other) => new(Sum + other.Sum, Count + other.Count);
    }
}
