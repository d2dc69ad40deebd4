namespace Avs.Train.Training;

/// <summary>Follows a training run, e.g. to show it.</summary>
public interface ITrainingListener
{
    /// <summary>A step is done.</summary>
    void Stepped(TrainingLine line);

    /// <summary>Something worth a line of its own: a validation, a note, the end.</summary>
    void Log(string sentence);
}

/// <summary>Where a run is after a step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="Loss">The loss of this step.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="SamplesPerSecond">Samples a second since this process began to train, validation not counted.</param>
/// <param name="Unit">What a sample is, in the plural: `clips`.</param>
/// <param name="Left">The time left at this rate, validation not counted.</param>
public sealed record TrainingLine(
    long Step, long Steps, double Loss, double LearningRate, double SamplesPerSecond, string Unit, TimeSpan Left);

/// <summary>Shows nothing.</summary>
public sealed class SilentListener : ITrainingListener
{
    public void Stepped(TrainingLine line) { }

    public void Log(string sentence) { }
}
