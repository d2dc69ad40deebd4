using System.Globalization;
using Avs.Core;
using Avs.Core.Formats;
using static TorchSharp.torch;

namespace Avs.Train.Runs;

/// <summary>Weights with the experiment they came from, so that a single file is enough to evaluate a model.</summary>
public static class Checkpoint
{
    /// <summary>The metadata key of the experiment.</summary>
    public const string ExperimentKey = "avs.experiment";
    private const string StepKey = "avs.step";

    /// <summary>Writes a model's state.</summary>
    /// <param name="experiment">Its experiment as YAML.</param>
    /// <param name="step">Steps done.</param>
    public static void Write(string path, nn.Module model, string experiment, long step) =>
        TensorFile.Write(path, model.state_dict().Select(entry => (entry.Key, entry.Value)), new Dictionary<string, string>
        {
            [ExperimentKey] = experiment,
            [StepKey] = step.ToString(CultureInfo.InvariantCulture),
        });

    /// <summary>The checkpoint of a path: the file itself, or the best one of a run's folder.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static string Find(string path)
    {
        if (File.Exists(path))
            return path;
        if (!Directory.Exists(path))
            throw new UsageException($"there is no run or checkpoint '{path}'");
        var run = RunFolder.Open(path);
        if (File.Exists(run.BestPath))
            return run.BestPath;
        var instead = File.Exists(run.LastPath) ? $"; {run.LastPath} is what was saved last" : "";
        throw new UsageException($"the run '{path}' has no {Path.GetFileName(run.BestPath)}: it has not been validated yet{instead}");
    }

    /// <summary>Fills a model's state from a file.</summary>
    /// <param name="model">A model of the same experiment.</param>
    /// <exception cref="DataException">The file is missing, damaged or of another model.</exception>
    public static void Load(string path, nn.Module model)
    {
        using var file = SafetensorsFile.Open(path);
        TensorFile.Fill(file, model.state_dict().Select(entry => (entry.Key, entry.Value)));
    }

    /// <summary>The experiment that a checkpoint came from, as YAML; null where the file does not say.</summary>
    /// <exception cref="DataException">The file is missing or damaged.</exception>
    public static string? ReadExperiment(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Metadata.GetValueOrDefault(ExperimentKey);
    }

    /// <summary>Steps that were done when a checkpoint was written; null where the file does not say.</summary>
    /// <exception cref="DataException">The file is missing or damaged.</exception>
    public static long? ReadStep(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return long.TryParse(file.Metadata.GetValueOrDefault(StepKey), CultureInfo.InvariantCulture, out var step) ? step : null;
    }
}
