using Avs.Core;
using Avs.Core.Configuration;
using Avs.Train.Training;

namespace Avs.Train.Experiments;

/// <summary>Reads experiments: YAML files whose `task` key says which of the known tasks the keys besides the run's belong to.</summary>
/// <param name="tasks">The known tasks.</param>
public sealed class ExperimentReader(IReadOnlyList<TaskDefinition> tasks)
{
    private static readonly string[] RunKeys = [.. RecordReader.Keys(typeof(RunConfig)).Select(entry => entry.Key)];

    /// <summary>Reads an experiment with what it inherits and the command line's overrides, and checks every value.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides">Texts of the form `train.steps=200`.</param>
    /// <param name="note">Takes a sentence where keys are named that have other names now.</param>
    /// <exception cref="UsageException">The sentence names file, line and key, what was found and what is expected.</exception>
    public Experiment Load(string path, IEnumerable<string>? overrides = null, Action<string>? note = null) =>
        LoadWithSources(path, overrides, note).Experiment;

    /// <summary>The same, with where each value comes from.</summary>
    /// <exception cref="UsageException">As <see cref="Load"/>.</exception>
    public SourcedExperiment LoadWithSources(string path, IEnumerable<string>? overrides = null, Action<string>? note = null) =>
        Read(ConfigSource.LoadParts(path, overrides), Path.GetFileNameWithoutExtension(path), note);

    /// <summary>Reads an experiment with changes that are written elsewhere; later ones win.</summary>
    /// <exception cref="UsageException">As <see cref="Load"/>.</exception>
    public Experiment LoadChanged(string path, IEnumerable<ConfigMap> changes, Action<string>? note = null) =>
        Read([.. ConfigSource.LoadParts(path), .. changes], Path.GetFileNameWithoutExtension(path), note).Experiment;

    /// <summary>Reads an experiment from a text.</summary>
    /// <param name="file">What to call it in messages.</param>
    /// <exception cref="UsageException">As <see cref="Load"/>.</exception>
    public Experiment Parse(string yaml, string file = "config.yaml") =>
        Read([ConfigSource.Parse(yaml, file)], new RunConfig().Name, null).Experiment;

    /// <summary>The task of an experiment, whose other keys are not looked at.</summary>
    /// <exception cref="UsageException">There is no such file, or the task is none of the known ones.</exception>
    public TaskDefinition FindTask(string path) => FindTask(ConfigSource.LoadParts(path));

    private SourcedExperiment Read(IReadOnlyList<ConfigMap> parts, string name, Action<string>? note)
    {
        var task = FindTask(parts);
        var moved = new List<MovedKey>();
        // Before they are merged, or a former name in an override would not win over today's name in the file.
        ConfigMap[] named = [.. parts.Select(part => task.MovedKeys.Apply(part, moved))];
        RequireSteps(named);
        var map = ConfigSource.Merge(named);
        if (moved.Count > 0)
            note?.Invoke(MovedKey.Note(moved));

        var defaults = task.DefaultsFor(map);
        string[] known = [.. RunKeys, .. RecordReader.Keys(defaults.GetType()).Select(entry => entry.Key)];
        if (map.Entries.FirstOrDefault(entry => !known.Contains(entry.Key)) is { Key: { } unknown, Value: var node })
            throw UnknownKey(task, node.Place, unknown, known);
        var preset = (map.At(TaskDefinition.PresetKey) as ConfigScalar)?.Text ?? task.PresetRecords[0].Name;
        Families.RefuseKeysOfOthers(task, preset, defaults, map);
        var run = RecordReader.Read(new RunConfig { Name = name, Task = task.Name }, map.Only(RunKeys));
        var config = RecordReader.Read(defaults, map.Without(RunKeys));
        if ((task.FindMisfit(run.Train) ?? task.FindConflict(config)) is { } misfit)
            throw RecordReader.Wrong(map.At(misfit.Key)!, misfit.Key, misfit.Expected);
        var experiment = new Experiment(run, task, config);
        if (note is not null)
        {
            var usual = new Experiment(new RunConfig { Name = name, Task = task.Name }, task, defaults);
            foreach (var sentence in IdleValues.Describe(experiment, usual, map))
                note(sentence);
        }
        return new SourcedExperiment(experiment, map, defaults);
    }

    // Passes take the place of steps, whichever is said later; who shortens a run by its steps means them.
    private static void RequireSteps(ConfigMap[] parts)
    {
        var epochs = Array.FindLastIndex(parts, part => part.At("train.epochs") is not null);
        var steps = Array.FindLastIndex(parts, part => part.At("train.steps") is not null);
        if (epochs >= 0 && steps > epochs && parts[epochs].At("train.epochs") is ConfigScalar { IsNull: false } passes
            && parts[steps].At("train.steps") is { } ignored)
            throw RecordReader.Wrong(ignored, "train.steps", $"train.epochs instead, which is {passes.Text} ({passes.Place}) and takes its "
                + "place, or train.epochs: null beside it");
    }

    private UsageException UnknownKey(TaskDefinition task, Place place, string key, string[] known)
    {
        string[] others = [.. tasks.Where(other => RecordReader.Keys(other.ConfigType).Any(entry => entry.Key == key))
            .Select(other => other.Name)];
        return others.Length > 0
            ? new UsageException($"{place}: {key}: experiments of the task {task.Name} have no such key, only those of "
                + $"{string.Join(", ", others)}; the keys here are {string.Join(", ", known)}")
            : key is "variants" or "factors"
            ? new UsageException($"{place}: {key}: found a key of a matrix of runs, expected an experiment; 'avs ablate' trains a matrix")
            : RecordReader.UnknownKey(place, "", key, known);
    }

    private TaskDefinition FindTask(IReadOnlyList<ConfigMap> parts)
    {
        if (parts.Select(part => part["task"]).LastOrDefault(node => node is not null) is not { } node)
            return tasks.FirstOrDefault(task => task.Name == new RunConfig().Task) ?? tasks[0];
        return tasks.FirstOrDefault(task => task.Name == (node as ConfigScalar)?.Text)
            ?? throw RecordReader.UnknownName(node, "task", [.. tasks.Select(task => task.Name)]);
    }
}
