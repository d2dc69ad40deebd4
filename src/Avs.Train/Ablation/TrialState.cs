using Avs.Core;
using Avs.Train.Experiments;
using Avs.Train.Runs;

namespace Avs.Train.Ablation;

public enum TrialStatus
{
    /// <summary>There is no run yet.</summary>
    Missing,

    /// <summary>A run that was cut off before its first save, so that there is nothing to go on from.</summary>
    Unsaved,

    /// <summary>A run that goes on after its last save.</summary>
    Interrupted,

    /// <summary>A process trains it.</summary>
    Running,

    Finished,

    /// <summary>The run is of another experiment than the matrix asks for.</summary>
    Changed,
}

/// <summary>How far a trial is.</summary>
/// <param name="Step">Steps that are saved; of a finished run, done.</param>
/// <param name="Words">The same for a person: `goes on after step 20`.</param>
public sealed record TrialState(TrialStatus Status, long Step, string Words)
{
    /// <summary>Looks into the folder of a trial's run.</summary>
    /// <exception cref="UsageException">Its config.yaml cannot be read.</exception>
    /// <exception cref="DataException">Its summary or its saved state is damaged.</exception>
    public static TrialState Read(Trial trial, string folder, ExperimentReader experiments)
    {
        if (!Directory.Exists(folder))
            return new TrialState(TrialStatus.Missing, 0, "to be trained");
        var holder = RunLock.FindHolder(folder);
        if (!File.Exists(Path.Combine(folder, RunFolder.ConfigFile)))
            return holder is null ? Unsaved() : Running(holder);
        var run = RunFolder.Open(folder);
        var summary = File.Exists(run.SummaryPath) ? RunSummary.Read(run.SummaryPath) : null;
        if (holder is null && summary is not { Finished: true } && !File.Exists(run.StatePath))
            return Unsaved();
        var asked = File.Exists(run.AskedPath) ? run.AskedPath : run.ConfigPath;
        if (FindDifference(experiments.Load(asked), trial.Experiment) is { } difference)
            return new TrialState(TrialStatus.Changed, 0, holder is null ? difference : $"{difference} (it is being trained by {holder})");
        if (holder is not null)
            return Running(holder);
        if (summary is { Finished: true })
            return new TrialState(TrialStatus.Finished, summary.Step, $"finished after {summary.Step} steps");
        var step = RunState.ReadProgress(run.StatePath).Step;
        return new TrialState(TrialStatus.Interrupted, step, $"goes on after step {step}");

        static TrialState Running(string holder) => new(TrialStatus.Running, 0, $"is being trained by {holder}");

        static TrialState Unsaved() => new(TrialStatus.Unsaved, 0, "to be trained again: it was cut off before its first save");
    }

    // The first key whose values differ; null where there is none.
    private static string? FindDifference(Experiment made, Experiment asked)
    {
        return made.FindDifferences(asked).Select(
            value => $"was trained with {Say(value.Key, value.Here)}, the matrix asks for {Say(value.Key, value.There)}").FirstOrDefault();

        static string Say(string key, string? value) => value is null ? $"no {key}" : $"{key}: {value}";
    }
}
