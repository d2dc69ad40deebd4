using System.Globalization;
using Avs.Core;
using Avs.Core.Configuration;
using Avs.Train.Experiments;
using Avs.Train.Segmentation;

namespace Avs.Train.Ablation;

/// <summary>Reads matrices of runs: YAML files of the keys base, name, seeds, set, variants, factors, columns and evaluate.</summary>
/// <param name="experiments">Reads each trial's experiment, so that every key and value is checked.</param>
public sealed class MatrixReader(ExperimentReader experiments)
{
    private const string Settings = "keys and values such as {train.steps: 200}";
    private static readonly string[] Keys = ["base", "name", "seeds", "set", "variants", "factors", "columns", "evaluate"];
    private static readonly string[] KeysOfVariants = ["name", "base", "set", "published"];

    // What only the matrix may say of a trial, and where.
    private static readonly (string Key, string Where)[] Reserved = [("name", "name"), ("seed", "seeds: [1, 2, 3]"), ("base", "base")];

    /// <summary>Reads a matrix and every trial of it.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides">Texts of the form `train.steps=200`, for all trials.</param>
    /// <param name="note">Takes a sentence where keys are named that have other names now.</param>
    /// <exception cref="UsageException">The sentence names file, line and key, what was found and what is expected.</exception>
    public AblationMatrix Load(string path, IReadOnlyList<string>? overrides = null, Action<string>? note = null)
    {
        var map = ConfigSource.LoadFile(path);
        MatrixValues.RequireKeys(map, "", Keys);
        var named = map["name"] is { } node ? MatrixValues.Scalar(node, "name", "a name") : null;
        var name = named ?? new ConfigScalar(Path.GetFileNameWithoutExtension(path), true, map.Place);
        var factors = ReadFactors(map["factors"]);
        var variants = ReadVariants(map["variants"], path);
        var seeds = ReadSeeds(map["seeds"]);
        if (factors.Count == 0 && variants is null && seeds is null)
            throw new UsageException($"{path}: found no variants, factors or seeds, expected at least one of them");

        ConfigMap[] common = [ConfigMap.From("name", name), ReadSettings(map["set"], "set")];
        ConfigMap[] last = [.. (overrides ?? []).Select(ConfigSource.ParseOverride)];
        foreach (var settings in common.Skip(1).Concat((variants ?? []).Select(variant => variant.Set)))
            RequireNotFactors(settings, factors);

        var shared = ReadBase(map["base"] ?? throw new UsageException(
            $"{path}: base is missing, expected the experiment that is varied, relative to this file"), path);
        var (matrix, notes) = (new AblationMatrix(path, name.Text, [.. factors.Select(factor => factor.Key)],
            map["columns"] is { } columns
                ? [.. MatrixValues.Scalars(columns, "columns", "names of figures").Select(figure => figure.Text)] : null,
            map["evaluate"] is { } evaluation ? TrialEvaluation.From(evaluation) : null, []),
            new HashSet<string>(StringComparer.Ordinal));
        Trial Resolve(Variant? variant, IReadOnlyList<ConfigNode> values, ConfigScalar? seed)
        {
            ConfigMap[] changes =
            [
                .. common, .. variant is null ? (ConfigMap[])[] : [variant.Set],
                .. factors.Zip(values).Select(pair => ConfigMap.From(pair.First.Key, pair.Second)),
                .. seed is null ? (ConfigMap[])[] : [ConfigMap.From("seed", seed)], .. last,
            ];
            string[] texts = [.. values.Select(Text)];
            IEnumerable<string> parts =
            [
                .. variant is null ? (string[])[] : [variant.Name],
                .. matrix.FactorNames.Zip(texts).Select(pair => $"{pair.First}_{pair.Second}"),
                .. seed is null ? (string[])[] : [$"seed_{seed.Text}"],
            ];
            var varied = variant?.Base ?? shared;
            return new Trial(FolderName(string.Join('-', parts)), variant?.Name, texts, seed?.Text, varied,
                [.. changes.SelectMany(change => ConfigSource.ToOverrides(change))],
                experiments.LoadChanged(varied, changes, sentence =>
                {
                    if (notes.Add(sentence))
                        note?.Invoke(sentence);
                }))
            {
                Published = variant?.Published ?? [],
            };
        }

        matrix = matrix with
        {
            Trials =
            [
                .. from variant in (IEnumerable<Variant?>?)variants ?? [null]
                   from values in Combinations(factors)
                   from seed in (IEnumerable<ConfigScalar?>?)seeds ?? [null]
                   select Resolve(variant, values, seed),
            ],
        };
        RequireDistinct(matrix);
        if (matrix.Trials.FirstOrDefault(trial => trial.Experiment.Config is not SegmentationConfig) is { } other
            && map["evaluate"] is { } evaluate)
            throw new UsageException($"{evaluate.Place}: evaluate: the trial '{other.Name}' is of the task {other.Experiment.Run.Task}, "
                + "expected trials of segmentation; others have their validations as columns");
        return matrix;
    }

    private static string ReadBase(ConfigNode node, string path)
    {
        var named = Path.Combine(Path.GetDirectoryName(path) ?? "", MatrixValues.Scalar(node, "base", "the name of one YAML file").Text);
        if (!File.Exists(named))
            throw new UsageException($"{node.Place}: base: there is no configuration file '{named}'");
        var near = Path.GetRelativePath(".", named);
        return near.StartsWith("..", StringComparison.Ordinal) ? Path.GetFullPath(named) : near;
    }

    private static IReadOnlyList<Factor> ReadFactors(ConfigNode? node)
    {
        if (node is null)
            return [];
        if (node is not ConfigMap { Entries.Count: > 0 } map)
            throw RecordReader.Wrong(node, "factors", "keys and their values such as {data.batch_images: [32, 64]}");
        return [.. map.Entries.Select(entry =>
        {
            var path = RecordReader.Join("factors", entry.Key);
            RequireAllowed(entry.Key, path, entry.Value);
            if (entry.Value is not ConfigList { Items.Count: > 0 } list)
                throw RecordReader.Wrong(entry.Value, path, "a list of values such as [32, 64]");
            if (list.Items.FirstOrDefault(item => item is ConfigMap) is { } keys)
                throw RecordReader.Wrong(keys, path, "single values; several keys that change together are variants");
            MatrixValues.RequireOnce(list.Items.Select(Text), path, list);
            return new Factor(entry.Key, list.Items);
        })];
    }

    private static IReadOnlyList<Variant>? ReadVariants(ConfigNode? node, string file)
    {
        if (node is null)
            return null;
        if (node is not ConfigList { Items.Count: > 0 } list)
            throw RecordReader.Wrong(node, "variants", "a list such as [{name: full}, {name: without_kl, set: {objective.kl_weight: 0}}]");
        Variant[] variants = [.. list.Items.Select((item, i) =>
        {
            var path = $"variants[{i}]";
            if (item is not ConfigMap map)
                throw RecordReader.Wrong(item, path, "a name and what it sets: {name: without_kl, set: {objective.kl_weight: 0}}");
            MatrixValues.RequireKeys(map, path, KeysOfVariants);
            var name = map["name"] ?? throw new UsageException($"{map.Place}: {path}: its name is missing");
            return new Variant(
                MatrixValues.Scalar(name, $"{path}.name", "a name").Text, map["base"] is { } other ? ReadBase(other, file) : null,
                ReadSettings(map["set"], RecordReader.Join(path, "set")), ReadPublished(map["published"], $"{path}.published"));
        })];
        MatrixValues.RequireOnce(variants.Select(variant => variant.Name), "variants", list);
        return variants;
    }

    private static IReadOnlyList<(string Name, double Value)> ReadPublished(ConfigNode? node, string path) => node switch
    {
        null => [],
        ConfigMap { Entries.Count: > 0 } map => [.. map.Entries.Select(entry =>
            entry.Value is ConfigScalar scalar
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
                ? (entry.Key, value)
                : throw RecordReader.Wrong(entry.Value, $"{path}.{entry.Key}", "a number"))],
        _ => throw RecordReader.Wrong(node, path, "figures and their values such as {miou: 0.817}"),
    };

    private static IReadOnlyList<ConfigScalar>? ReadSeeds(ConfigNode? node)
    {
        if (node is null)
            return null;
        var seeds = MatrixValues.Scalars(node, "seeds", "whole numbers");
        MatrixValues.RequireOnce(seeds.Select(seed => seed.Text), "seeds", node);
        return seeds;
    }

    // Dotted keys, nested ones or both.
    private static ConfigMap ReadSettings(ConfigNode? node, string path)
    {
        if (node is null)
            return new ConfigMap([], default);
        var map = node is ConfigMap keys ? Nested(keys) : throw RecordReader.Wrong(node, path, Settings);
        foreach (var (key, value) in map.Entries)
            RequireAllowed(key, RecordReader.Join(path, key), value);
        return map;
    }

    private static ConfigMap Nested(ConfigMap map) => map.Entries.Aggregate(new ConfigMap([], map.Place), (nested, entry) =>
        nested.MergedWith(ConfigMap.From(entry.Key, entry.Value is ConfigMap inner ? Nested(inner) : entry.Value)));

    private static void RequireAllowed(string key, string path, ConfigNode node)
    {
        if (Reserved.FirstOrDefault(entry => entry.Key == key) is { Where: { } where })
            throw new UsageException($"{node.Place}: {path}: a matrix says that of all its trials, by its own key {where}");
    }

    // A factor would win over it without a word.
    private static void RequireNotFactors(ConfigMap settings, IReadOnlyList<Factor> factors)
    {
        foreach (var factor in factors)
            if (settings.At(factor.Key) is { } set)
                throw new UsageException($"{set.Place}: {factor.Key}: this key is a factor, so nothing else sets it");
    }

    private static void RequireDistinct(AblationMatrix matrix)
    {
        void Require(Func<Trial, string> what, string otherwise)
        {
            if (matrix.Trials.GroupBy(what).FirstOrDefault(group => group.Count() > 1)?.ToArray() is [var first, var second, ..])
                throw new UsageException($"{matrix.File}: the trials {Say(first)} and {Say(second)} {otherwise}");
        }
        static string Say(Trial trial) => trial.Setting.Length > 0 ? $"'{trial.Name}' ({trial.Setting})" : $"'{trial.Name}'";

        Require(trial => trial.Name, "would lie in the same folder");
        Require(trial => trial.Experiment.ToYaml(), "are the same experiment");
        Require(trial => IdleValues.Without(trial.Experiment), "differ in keys alone that change nothing in them");
    }

    private static IEnumerable<IReadOnlyList<ConfigNode>> Combinations(IReadOnlyList<Factor> factors) => factors.Aggregate(
        (IEnumerable<IReadOnlyList<ConfigNode>>)[[]],
        (sofar, factor) => sofar.SelectMany(values => factor.Values, (values, value) => (IReadOnlyList<ConfigNode>)[.. values, value]));

    private static string Text(ConfigNode node) => node is ConfigScalar { IsNull: false } scalar ? scalar.Text : ConfigSource.OnALine(node);

    private static string FolderName(string text) => string.Concat(text.Select((letter, i) =>
        char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' || (letter == '.' && i > 0) ? letter : '_'));

    private sealed record Factor(string Key, IReadOnlyList<ConfigNode> Values);

    private sealed record Variant(string Name, string? Base, ConfigMap Set, IReadOnlyList<(string Name, double Value)> Published);
}
