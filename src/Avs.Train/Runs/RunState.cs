using Avs.Core;
using Avs.Core.Formats;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Runs;

/// <summary>Saves and restores the state of a run: weights, optimizer, generators, progress.</summary>
/// <param name="generators">Every generator that a step draws from.</param>
public sealed class RunState(nn.Module model, OptimizerHelper optimizer, IReadOnlyList<(string Name, Generator Generator)> generators)
{
    private const string Weights = "model.", Random = "generator.", Average = "average.", Optimizer = "optimizer";

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
        ], progress.ToMetadata());
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
        return RunProgress.From(file);
    }

    /// <summary>
    /// What of the state is not finite, so that it could not be continued from: `the weights 'encoder.weight'`; null where all is.
    /// </summary>
    public string? FindNonFinite()
    {
        using var scope = NewDisposeScope();
        if (model.state_dict().FirstOrDefault(entry => !IsFinite(entry.Value)) is { Key: not null } weights)
            return $"the weights '{weights.Key}'";
        return FindNonFiniteMean() is { } name ? $"the optimizer's state of '{name}'" : null;
    }

    /// <summary>How far a saved run was.</summary>
    /// <exception cref="DataException">The file is missing, damaged or not the state of a run.</exception>
    public static RunProgress ReadProgress(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return RunProgress.From(file);
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
        if (FindNonFiniteMean() is { } name)
        {
            throw new DataException(
                $"'{file.Path}': the optimizer's state of '{name}' holds numbers that are NaN or infinite, "
                + "which would spoil the weights at the next step; begin a new run from weights of before it went wrong "
                    + "(model.weights)");
        }
    }

    // The parameter whose gathered gradients are not all finite; null where all are.
    private string? FindNonFiniteMean()
    {
        var names = model.named_parameters().ToDictionary(entry => entry.parameter.Handle, entry => entry.name);
        var parameters = optimizer.ParamGroups.Cast<ParamGroup>().SelectMany(group => group.Parameters);
        return parameters.Zip(optimizer.state_dict().State)
            .Where(pair => Means(pair.Second).Any(mean => mean is not null && !IsFinite(mean)))
            .Select(pair => names[pair.First.Handle]).FirstOrDefault();
    }

    private static bool IsFinite(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return !tensor.is_floating_point() || tensor.isfinite().all().item<bool>();
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
}
