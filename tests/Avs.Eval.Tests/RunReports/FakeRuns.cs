using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Reports;
using Avs.Eval.RunReports;
using Avs.Eval.Tests.Evaluation;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.RunReports;

/// <summary>Runs of a rule instead of a network over clips in memory, whose names are hostile.</summary>
internal sealed class FakeRuns
{
    public const string HostileId = "clip<script>alert(1)</script>", HostileCategory = "kind\"><img src=x onerror=alert(2)>";

    private readonly FakeClips clips = new(
    [
        new ClipInfo(HostileId, HostileCategory, Split.Test, null), new ClipInfo("clip1", "dog", Split.Test, null),
        new ClipInfo("clip2", "cat", Split.Test, null), new ClipInfo("clip3", "dog", Split.Test, null),
    ]);

    private readonly List<Dictionary<int, ClipPrediction>> predictions = [];
    private readonly List<ReportRun> runs = [];

    public IReadOnlyList<ReportRun> Runs => runs;

    /// <summary>The last evaluation.</summary>
    public EvaluationReport? Report { get; private set; }

    /// <summary>Adds a run that is sure of the object's column of the picture, or not.</summary>
    /// <param name="logit">Of the object's pixels; the others have its negative.</param>
    public FakeRuns Add(string name, float logit = 4)
    {
        var found = new Dictionary<int, ClipPrediction>();
        var options = new EvaluationOptions(FakeClips.Side)
        {
            Quality = true,
            Observe = prediction =>
            {
                if (prediction.Audio == AudioCondition.Real)
                    found[prediction.Index] = prediction;
            },
        };
        var results = Evaluator.Run(Listener(logit), clips, options, [AudioCondition.Real, AudioCondition.Muted]);
        Report = EvaluationReport.From(
            FakeClips.Subject with { Run = name, Model = "rule" }, results, new Dictionary<AudioCondition, string>(), draws: 20);
        predictions.Add(found);
        runs.Add(new ReportRun
        {
            Name = name,
            Scores = RunScores.From(Report),
            Backbone = "rule",
            IsComposed = false,
            Experiment = $"name: {name.Split(' ')[0]}\ntrain:\n  steps: {(int)logit}\n",
            Curves = [new Curve("total", [10, 20, 30], [3, 2, 1 / logit]), new Curve("val_miou", [20, 30], [0.2, 0.5])],
            Training = [("steps", "30 of 30")],
            Environment = [("host", "<i>nowhere</i>")],
        });
        return this;
    }

    public IReadOnlyList<ClipGroup> Groups(int count = 1) =>
        ClipChoice.ForReport([.. runs.Select(run => run.Scores.Clips)], [.. runs.Select(run => run.Name)], count);

    public ShownClip Load(int index) => new(clips.Load(index), Sine(index), [.. predictions.Select(found => found[index])]);

    public string Page(int count = 1) => ReportPage.Create(runs, Groups(count), Load);

    private static Waveform Sine(int index) =>
        new([.. Enumerable.Range(0, FakeClips.T * 16_000).Select(i => 0.2 * Math.Sin(0.1 * (index + 1) * i))], 16_000);

    private static Segmenter Listener(float logit) => input =>
    {
        using var scope = NewDisposeScope();
        var column = input.LogMel!.mean([1, 2, 3]).view(-1, 1, 1, 1) - FakeClips.Sound(0); // of the object that sounds
        var columns = arange(FakeClips.Side, dtype: float32).view(1, 1, 1, -1);
        var isObject = (columns - column).abs() < 0.5;
        var logits = ((isObject.to(float32) * 2 - 1) * logit).expand(-1, 1, FakeClips.Side, FakeClips.Side).contiguous();
        return new MaskPrediction(logits.MoveToOuterDisposeScope(), null);
    };
}
