using System.Globalization;
using Avs.Train.Runs;

namespace Avs.Train.Training;

/// <summary>When a run is over: its steps are done, its time is used up, or its validations no longer get better.</summary>
/// <param name="steps">Steps of the whole run.</param>
internal sealed class RunEnding(TrainConfig config, long steps)
{
    public bool IsOver(RunProgress progress) => progress.Step >= steps || WhyEarly(progress) is not null;

    /// <summary>Why it is over before its steps are done, as a sentence; null: it is not.</summary>
    public string? WhyEarly(RunProgress progress)
    {
        if (progress.Step >= steps)
            return null;
        var (plain, at) = (CultureInfo.InvariantCulture, $"after step {progress.Step} of {steps}");
        if (progress.Seconds >= 60 * config.Minutes)
        {
            return string.Create(plain, $"the {config.Minutes} minutes of train.minutes were used up {at}: ")
                + "the learning-rate schedule was not finished; fewer train.steps would finish it";
        }
        if (!(progress.ValidationsWithoutGain >= config.EarlyStopping.Patience))
            return null;
        var gain = progress.GainedScore is { } score
            ? string.Create(plain, $"more than {config.EarlyStopping.Least} above {score:0.#####}")
            : "that is a number";
        var count = progress.ValidationsWithoutGain == 1 ? "one validation" : $"{progress.ValidationsWithoutGain} validations in a row";
        return $"ended early, {at}: {count} without a score {gain} (train.early_stopping)";
    }

    /// <summary>The progress after one more validation. The first score that is a number is a gain.</summary>
    public RunProgress CountGain(RunProgress progress, double score) =>
        double.IsFinite(score) && !(score <= progress.GainedScore + config.EarlyStopping.Least)
            ? progress with { GainedScore = score, ValidationsWithoutGain = 0 }
            : progress with { ValidationsWithoutGain = progress.ValidationsWithoutGain + 1 };
}
