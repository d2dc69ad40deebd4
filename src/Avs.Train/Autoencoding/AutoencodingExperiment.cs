using Avs.Core;
using Avs.Train.Experiments;
using Avs.Train.Training;

namespace Avs.Train.Autoencoding;

/// <summary>An experiment whose task is autoencoding, for what knows no other.</summary>
/// <param name="Run">What it says of its run.</param>
/// <param name="Task">What it says of data, model, objective and evaluation.</param>
public sealed record AutoencodingExperiment(RunConfig Run, AutoencodingConfig Task)
{
    private static readonly AutoencodingDefinition Definition = new();
    private static readonly TypedReader<AutoencodingConfig> Reader = new(Definition);

    /// <summary>Reads one from a YAML file; see <see cref="ExperimentReader.Load"/>.</summary>
    /// <exception cref="UsageException">A key or a value is wrong, or the task is another.</exception>
    public static AutoencodingExperiment Load(string path, IEnumerable<string>? overrides = null) => From(Reader.Load(path, overrides));

    /// <summary>Reads one from a text; see <see cref="ExperimentReader.Parse"/>.</summary>
    /// <exception cref="UsageException">As <see cref="Load"/>.</exception>
    public static AutoencodingExperiment Parse(string yaml, string file = "config.yaml") => From(Reader.Parse(yaml, file));

    /// <summary>Reads the one that a checkpoint came from.</summary>
    /// <exception cref="DataException">The checkpoint is missing or damaged, or does not say.</exception>
    /// <exception cref="UsageException">It is of another task.</exception>
    public static AutoencodingExperiment FromCheckpoint(string path) => From(Reader.FromCheckpoint(path));

    public Experiment ToExperiment() => new(Run, Definition, Task);

    /// <summary>Every key with its value; <see cref="Parse"/> reads it back to the same experiment.</summary>
    public string ToYaml() => ToExperiment().ToYaml();

    private static AutoencodingExperiment From((RunConfig Run, AutoencodingConfig Config) read) => new(read.Run, read.Config);
}
