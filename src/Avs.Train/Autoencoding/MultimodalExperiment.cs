using Avs.Core;
using Avs.Train.Experiments;
using Avs.Train.Training;

namespace Avs.Train.Autoencoding;

/// <summary>An experiment whose task is multimodal, for what knows no other.</summary>
/// <param name="Run">What it says of its run.</param>
/// <param name="Task">What it says of data, model, objective and evaluation.</param>
public sealed record MultimodalExperiment(RunConfig Run, MultimodalTaskConfig Task)
{
    private static readonly MultimodalDefinition Definition = new();
    private static readonly TypedReader<MultimodalTaskConfig> Reader = new(Definition);

    /// <summary>Reads one from a YAML file; see <see cref="ExperimentReader.Load"/>.</summary>
    /// <exception cref="UsageException">A key or a value is wrong, or the task is another.</exception>
    public static MultimodalExperiment Load(string path, IEnumerable<string>? overrides = null) => From(Reader.Load(path, overrides));

    /// <summary>Reads one from a text; see <see cref="ExperimentReader.Parse"/>.</summary>
    /// <exception cref="UsageException">As <see cref="Load"/>.</exception>
    public static MultimodalExperiment Parse(string yaml, string file = "config.yaml") => From(Reader.Parse(yaml, file));

    /// <summary>Reads the one that a checkpoint came from.</summary>
    /// <exception cref="DataException">The checkpoint is missing or damaged, or does not say.</exception>
    /// <exception cref="UsageException">It is of another task.</exception>
    public static MultimodalExperiment FromCheckpoint(string path) => From(Reader.FromCheckpoint(path));

    public Experiment ToExperiment() => new(Run, Definition, Task);

    /// <summary>Every key with its value; <see cref="Parse"/> reads it back to the same experiment.</summary>
    public string ToYaml() => ToExperiment().ToYaml();

    private static MultimodalExperiment From((RunConfig Run, MultimodalTaskConfig Config) read) => new(read.Run, read.Config);
}
