using Avs.Core;
using Avs.Train.Experiments;
using Avs.Train.Training;

namespace Avs.Train.Segmentation;

/// <summary>An experiment whose task is segmentation, for what knows no other: evaluation, prediction, caches, the demo.</summary>
/// <param name="Run">What it says of its run.</param>
/// <param name="Task">What it says of data, model, objective and evaluation.</param>
public sealed record SegmentationExperiment(RunConfig Run, SegmentationConfig Task)
{
    private static readonly SegmentationDefinition Definition = new();
    private static readonly TypedReader<SegmentationConfig> Reader = new(Definition);

    /// <summary>Reads one from a YAML file; see <see cref="ExperimentReader.Load"/>.</summary>
    /// <exception cref="UsageException">A key or a value is wrong, or the task is another.</exception>
    public static SegmentationExperiment Load(string path, IEnumerable<string>? overrides = null, Action<string>? note = null) =>
        From(Reader.Load(path, overrides, note));

    /// <summary>Reads one from a text; see <see cref="ExperimentReader.Parse"/>.</summary>
    /// <exception cref="UsageException">As <see cref="Load"/>.</exception>
    public static SegmentationExperiment Parse(string yaml, string file = "config.yaml") => From(Reader.Parse(yaml, file));

    /// <summary>Reads the one that a checkpoint came from.</summary>
    /// <exception cref="DataException">The checkpoint is missing or damaged, or does not say.</exception>
    /// <exception cref="UsageException">It is of another task.</exception>
    public static SegmentationExperiment FromCheckpoint(string path) => From(Reader.FromCheckpoint(path));

    /// <summary>The same without files of weights to start from: they come from elsewhere.</summary>
    public SegmentationExperiment WithoutWeights() => this with { Task = Task with { Model = Task.Model.WithoutWeights() } };

    public Experiment ToExperiment() => new(Run, Definition, Task);

    /// <summary>Every key with its value; <see cref="Parse"/> reads it back to the same experiment.</summary>
    public string ToYaml() => ToExperiment().ToYaml();

    private static SegmentationExperiment From(TaskExperiment<SegmentationConfig> read) => new(read.Run, read.Task);
}
