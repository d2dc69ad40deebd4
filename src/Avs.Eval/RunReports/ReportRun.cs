using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Reports;

namespace Avs.Eval.RunReports;

/// <summary>A run as its report shows it.</summary>
public sealed record ReportRun
{
    /// <summary>What it is called in tables and legends; another run of the same page has another name.</summary>
    public required string Name { get; init; }

    public required RunScores Scores { get; init; }

    /// <summary>The backbone's name in configurations.</summary>
    public required string Backbone { get; init; }

    /// <summary>Whether its clips are of scenes that were composed (AVS-Stamps).</summary>
    public required bool IsComposed { get; init; }

    /// <summary>The experiment with every key, as YAML.</summary>
    public required string Experiment { get; init; }

    /// <summary>What was logged in training, a curve for each figure; none of a checkpoint without its run.</summary>
    public IReadOnlyList<Curve> Curves { get; init; } = [];

    /// <summary>How training went, names and values.</summary>
    public IReadOnlyList<(string Name, string Value)> Training { get; init; } = [];

    /// <summary>What it was trained on, names and values.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    /// <summary>Some pictures under different sounds; null: none are shown.</summary>
    public Sheet? Sounds { get; init; }

    /// <summary>Pictures of its latent codes; none where nobody made any.</summary>
    public IReadOnlyList<PagePicture> Latents { get; init; } = [];
}

/// <summary>A clip to be shown.</summary>
/// <param name="Sound">Its recording; null where the data set has none.</param>
/// <param name="Predictions">What each run finds in it with its own sound.</param>
public sealed record ShownClip(Clip Clip, Waveform? Sound, IReadOnlyList<ClipPrediction> Predictions);
