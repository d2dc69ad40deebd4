using Avs.Train.Distribution;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Experiments;

/// <summary>A run of two steps and a small validation, of which nothing stays: whether an experiment holds together.</summary>
public static class DevRun
{
    /// <summary>What makes an experiment one of these, in the form that configurations take.</summary>
    public static IReadOnlyList<string> Changes(TaskDefinition task) =>
    [
        "train.steps=2", "train.epochs=null", "train.minutes=null", "train.validate_every=2", "train.log_every=1",
        .. task.DevRunChanges,
    ];

    /// <summary>Trains in a temporary folder, which goes at the end. What <see cref="TrainingRun.Begin"/> throws, this throws.</summary>
    /// <param name="experiment">With the <see cref="Changes"/>.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="listener">Follows the run.</param>
    /// <param name="stop">Asks to finish the step and end.</param>
    /// <param name="workers">The processes that train together; null: only this one.</param>
    public static TrainingEnd Run(
        Experiment experiment, Device device, ITrainingListener listener, CancellationToken stop, ICommunicator? workers = null)
    {
        var folder = Directory.CreateTempSubdirectory($"avs-dev-run-{Environment.ProcessId}-");
        try
        {
            var end = TrainingRun.Begin(experiment, folder.FullName, "dev", device, new Listener(listener, folder.FullName), stop,
                workers).End;
            if (end.Finished)
            {
                listener.Log($"{experiment.Run.Name} holds together: {end.Progress.Step} steps, a validation and a save went well; "
                    + "nothing was kept");
            }
            return end;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Passes on all but what names the folder, which is gone when somebody looks for it.
    private sealed class Listener(ITrainingListener next, string folder) : ITrainingListener
    {
        public void Stepped(TrainingLine line) => next.Stepped(line);

        public void Log(string sentence)
        {
            if (!sentence.Contains(folder, StringComparison.Ordinal))
                next.Log(sentence);
        }
    }
}
