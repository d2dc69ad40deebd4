namespace Avs.Train.Training;

/// <summary>The learning rate as a function of the step alone, so that there is no state to save.</summary>
/// <param name="peak">The full rate.</param>
/// <param name="schedule">How it moves.</param>
/// <param name="steps">Steps of the whole run.</param>
public sealed class LearningRate(double peak, ScheduleConfig schedule, long steps)
{
    /// <summary>The rate of a step.</summary>
    /// <param name="step">The step, counted from zero.</param>
    public double At(long step)
    {
        if (step < schedule.WarmUpSteps)
            return peak * (step + 1) / schedule.WarmUpSteps;
        var done = step - schedule.WarmUpSteps;
        return schedule.Name switch
        {
            ScheduleName.Constant => peak,
            ScheduleName.Cosine => peak * (schedule.Final + (1 - schedule.Final) * 0.5 * (1 + Math.Cos(Math.PI * Progress(done)))),
            ScheduleName.Poly => peak * Math.Pow(1 - done / Math.Max(1.0, steps - schedule.WarmUpSteps), schedule.Power),
            ScheduleName.Step => peak * Math.Pow(schedule.Gamma, done / schedule.StepSize),
            _ => throw new ArgumentOutOfRangeException(nameof(step), schedule.Name, "an unknown schedule"),
        };
    }

    // 0 at the first step after the warm-up, 1 at the last step of the run.
    private double Progress(long done) => Math.Clamp(done / Math.Max(1.0, steps - 1 - schedule.WarmUpSteps), 0, 1);
}
