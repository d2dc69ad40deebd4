using Avs.Train.Runs;
using Avs.Train.Segmentation;
using Avs.Train.Training;

namespace Avs.Train.Tests.Training;

/// <summary>A folder of runs, gone after the test.</summary>
internal sealed class TestRuns : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-runs-");

    public string Folder => folder.FullName;

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>The run of that name as it was left, or a new one.</summary>
    public RunFolder Open(string experiment, string name, string yaml) => Path.Combine(Folder, experiment, name) is var path
        && Directory.Exists(path) ? RunFolder.Open(path) : RunFolder.Create(Folder, experiment, name, yaml, DateTime.UnixEpoch);

    /// <inheritdoc cref="Open(string, string, string)"/>
    public RunFolder Open(SegmentationExperiment experiment, string name) => Open(experiment.Run.Name, name, experiment.ToYaml());

    /// <summary>The weights that a run saved last.</summary>
    public byte[] Last(SegmentationExperiment experiment, string name)
    {
        using var run = Open(experiment, name);
        return File.ReadAllBytes(run.LastPath);
    }

    /// <summary>Trains from where the run was left.</summary>
    public TrainingEnd Train(
        SegmentationTask task, SegmentationExperiment experiment, string name, ITrainingListener? listener = null,
        CancellationToken stop = default)
    {
        using var run = Open(experiment, name);
        return Train(task, experiment.Run.Train, run, experiment.ToYaml(), listener, stop);
    }

    /// <inheritdoc cref="Train(SegmentationTask, SegmentationExperiment, string, ITrainingListener?, CancellationToken)"/>
    public static TrainingEnd Train<TBatch>(
        ITrainingTask<TBatch> task, TrainConfig config, RunFolder run, string yaml, ITrainingListener? listener = null,
        CancellationToken stop = default) where TBatch : IDisposable
    {
        using var loop = new TrainingLoop<TBatch>(task, config, run, yaml, listener ?? new SilentListener());
        return loop.Run(File.Exists(run.StatePath) ? loop.Restore() : RunProgress.None, stop);
    }
}
