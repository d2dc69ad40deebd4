namespace Avs.Train.Training;

/// <summary>Is told what happens during a training run, e.g. to show it.</summary>
public interface ITrainingWatcher
{
    /// <summary>A step is done.</summary>
    /// <param name="line">Where the run is.</param>
    void Stepped(TrainingLine line);

    /// <summary>Something worth a line of its own: a validation, a checkpoint, the end.</summary>
    /// <param name="sentence">The line.</param>
    void Told(string sentence);
}

/// <summary>Where a run is after a step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="Loss">The loss of this step.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="ClipsPerSecond">Clips a second since this process began to train, validation not counted.</param>
/// <param name="Left">The time left at this rate, validation not counted.</param>
public sealed record TrainingLine(long Step, long Steps, double Loss, double LearningRate, double ClipsPerSecond, TimeSpan Left);

/// <summary>Shows nothing.</summary>
public sealed class SilentWatcher : ITrainingWatcher
{
    /// <inheritdoc/>
    public void Stepped(TrainingLine line) { }

    /// <inheritdoc/>
    public void Told(string sentence) { }
}
