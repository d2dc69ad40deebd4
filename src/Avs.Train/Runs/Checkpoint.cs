using System.Globalization;
using Avs.Core;
using Avs.Core.Formats;
using TorchSharp.Modules;
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
        return File.Exists(run.BestPath)
            ? run.BestPath
            : throw new UsageException(
                $"the run '{path}' has no {Path.GetFileName(run.BestPath)}: it was cut off before its first validation");
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
}

/// <summary>What a continued run needs beside the weights.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="BestScore">The best validation score so far; null before the first validation.</param>
/// <param name="BestStep">The step of the best score.</param>
/// <param name="Seconds">Seconds that the run has taken so far.</param>
public sealed record RunProgress(long Step, double? BestScore, long BestStep, double Seconds)
{
    /// <summary>Validations since the last that was a gain, as `train.early_stopping` counts gains.</summary>
    public int ValidationsWithoutGain { get; init; }

    /// <summary>The score of that gain; null before the first.</summary>
    public double? GainedScore { get; init; }

    /// <summary>A run that has not begun.</summary>
    public static RunProgress None { get; } = new(0, null, 0, 0);
}

/// <summary>Saves and restores the state of a run: weights, optimizer, generators, progress.</summary>
/// <param name="generators">Every generator that a step draws from.</param>
public sealed class RunState(nn.Module model, OptimizerHelper optimizer, IReadOnlyList<(string Name, Generator Generator)> generators)
{
    private const string Weights = "model.", Random = "generator.", Average = "average.", Optimizer = "optimizer";
    private const string WithoutGain = "validations_without_gain", Gained = "gained_score";

    /// <summary>Writes the state.</summary>
    /// <param name="progress">How far the run is.</param>
    /// <param name="average">The averaged weights, if there are any.</param>
    public void Write(string path, RunProgress progress, IEnumerable<(string Name, Tensor Value)> average)
    {
        using var scope = NewDisposeScope();
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes))
            optimizer.save_state_dict(writer);
        TensorFile.Write(path,
        [
            .. model.state_dict().Select(entry => (Weights + entry.Key, entry.Value)),
            .. average.Select(entry => (Average + entry.Name, entry.Value)),
            .. generators.Select(entry => (Random + entry.Name, entry.Generator.get_state())),
            (Optimizer, tensor(bytes.ToArray())),
        ], new Dictionary<string, string>
        {
            ["step"] = progress.Step.ToString(CultureInfo.InvariantCulture),
            ["best_score"] = progress.BestScore?.ToString("R", CultureInfo.InvariantCulture) ?? "",
            ["best_step"] = progress.BestStep.ToString(CultureInfo.InvariantCulture),
            ["seconds"] = progress.Seconds.ToString("R", CultureInfo.InvariantCulture),
            [WithoutGain] = progress.ValidationsWithoutGain.ToString(CultureInfo.InvariantCulture),
            [Gained] = progress.GainedScore?.ToString("R", CultureInfo.InvariantCulture) ?? "",
        });
    }

    /// <summary>Fills a model with the weights of a saved state, and restores nothing else.</summary>
    /// <param name="model">A model of the same experiment.</param>
    /// <exception cref="DataException">The file is missing, damaged or of another experiment.</exception>
    public static void LoadWeights(string path, nn.Module model)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        FillWeights(file, model);
    }

    /// <summary>Restores the state.</summary>
    /// <param name="average">The averaged weights to fill, if there are any.</param>
    /// <returns>How far the run was.</returns>
    /// <exception cref="DataException">The file is missing, damaged or of another experiment.</exception>
    public RunProgress Restore(string path, IEnumerable<(string Name, Tensor Value)> average)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        FillWeights(file, model);
        using (no_grad())
            foreach (var (name, value) in average)
                TensorFile.Fill(file, Average + name, value);
        foreach (var (name, generator) in generators)
        {
            var state = generator.get_state();
            TensorFile.Fill(file, Random + name, state);
            generator.set_state(state);
        }
        if (!file.Entries.ContainsKey(Optimizer))
            throw new DataException($"'{path}' has no tensor '{Optimizer}', so it is not the state of a run");
        RestoreOptimizer(file);
        return ReadProgress(file);
    }

    /// <summary>How far a saved run was.</summary>
    /// <exception cref="DataException">The file is missing, damaged or not the state of a run.</exception>
    public static RunProgress ReadProgress(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return ReadProgress(file);
    }

    private void RestoreOptimizer(SafetensorsFile file)
    {
        using var reader = new BinaryReader(new MemoryStream(file.ReadBytes(Optimizer)));
        try
        {
            optimizer.load_state_dict(reader);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or EndOfStreamException or FormatException)
        {
            throw new DataException(
                $"'{file.Path}': the optimizer's state is of another optimizer than the experiment's, or damaged: {e.Message}", e);
        }
        // TorchSharp 0.107 makes SGD's momentum here and leaves it to this scope, which would take it away (FaultTests). Adam's means are
        // there from the start.
        foreach (var state in optimizer.state_dict().State.OfType<SGD.State>())
            state.momentum_buffer?.DetachFromDisposeScope();
        var names = model.named_parameters().ToDictionary(entry => entry.parameter.Handle, entry => entry.name);
        var parameters = optimizer.ParamGroups.Cast<ParamGroup>().SelectMany(group => group.Parameters);
        foreach (var (parameter, state) in parameters.Zip(optimizer.state_dict().State))
        {
            if (Means(state).Any(mean => mean is not null && !mean.isfinite().all().item<bool>()))
            {
                throw new DataException(
                    $"'{file.Path}': the optimizer's state of '{names[parameter.Handle]}' holds numbers that are NaN or infinite, "
                    + "which would spoil the weights at the next step; begin a new run from weights of before it went wrong "
                        + "(model.weights)");
            }
        }
    }

    // What an optimizer has gathered of a parameter's gradients.
    private static Tensor?[] Means(OptimizerState state) => state switch
    {
        AdamW.State adam => [adam.exp_avg, adam.exp_avg_sq],
        Adam.State adam => [adam.exp_avg, adam.exp_avg_sq],
        SGD.State momentum => [momentum.momentum_buffer],
        _ => throw new ArgumentOutOfRangeException(nameof(state), state.GetType().Name, "an unknown optimizer"),
    };

    private static void FillWeights(SafetensorsFile file, nn.Module model)
    {
        using var untracked = no_grad();
        foreach (var (name, value) in model.state_dict())
            TensorFile.Fill(file, Weights + name, value);
    }

    private static RunProgress ReadProgress(SafetensorsFile file)
    {
        string Text(string key) => file.Metadata.TryGetValue(key, out var text)
            ? text : throw new DataException($"'{file.Path}' has no metadata '{key}', so it is not the state of a run");
        var plain = CultureInfo.InvariantCulture;
        try
        {
            double? Score(string text) => text.Length == 0 ? null : double.Parse(text, plain);
            return new RunProgress(long.Parse(Text("step"), plain), Score(Text("best_score")),
                long.Parse(Text("best_step"), plain), double.Parse(Text("seconds"), plain))
            {
                // States of before there was early stopping do not count.
                ValidationsWithoutGain = int.Parse(file.Metadata.GetValueOrDefault(WithoutGain, "0"), plain),
                GainedScore = Score(file.Metadata.GetValueOrDefault(Gained, "")),
            };
        }
        catch (FormatException e)
        {
            throw new DataException($"'{file.Path}': its metadata hold something that is not a number", e);
        }
    }
}
