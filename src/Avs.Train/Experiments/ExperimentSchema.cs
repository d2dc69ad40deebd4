using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Avs.Core.Configuration;
using Avs.Train.Training;

namespace Avs.Train.Experiments;

/// <summary>
/// The JSON Schema of experiments, for editors. A file that names neither its task nor a base is of the usual task; one with a base and no
/// task may be of any, and the same holds of the preset, on which it depends what the network's and the objective's keys are.
/// </summary>
public static class ExperimentSchema
{
    private const string Base = "base", Task = "task";

    private static readonly JsonSerializerOptions Format =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether the descriptions of keys, which come from the doc comments, are at hand.</summary>
    public static bool HasDescriptions => RecordSchema.HasComments(typeof(RunConfig));

    /// <summary>The schema as a file.</summary>
    /// <param name="tasks">The known tasks, the usual one first.</param>
    public static string Write(IReadOnlyList<TaskDefinition> tasks)
    {
        var records = new RecordSchema();
        var properties = new JsonObject
        {
            [Base] = RecordSchema.Described(
                new JsonObject { ["type"] = "string" }, "The experiment to start from, a YAML file named relative to this one."),
        };
        foreach (var (key, schema) in records.Properties(typeof(RunConfig)).ToArray())
            properties[key] = schema?.DeepClone();
        ((JsonObject)properties[Task]!)["enum"] = Names(tasks.Select(task => task.Name));

        string[] sections = [.. tasks.SelectMany(SectionsOf).Distinct()];
        foreach (var section in sections)
            properties[section] = new JsonObject { ["type"] = "object" };
        foreach (var task in tasks)
            records.Definitions[task.Name] = Describe(task, sections, records);
        JsonObject Reference(TaskDefinition task) => new() { ["$ref"] = $"#/definitions/{task.Name}" };

        var whole = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "AvsResearch experiment",
            ["description"] = "Written by 'avs config schema'. What is trained, and how: only what differs from the base or the defaults.",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["allOf"] = Choices(Task, [.. tasks.Select(task => (Names([task.Name]), Reference(task)))]),
            ["definitions"] = records.Definitions,
        };
        return whole.ToJsonString(Format) + "\n";
    }

    private static IEnumerable<string> SectionsOf(TaskDefinition task) => RecordReader.Keys(task.ConfigType).Select(entry => entry.Key);

    private static JsonObject Describe(TaskDefinition task, IReadOnlyList<string> sections, RecordSchema records)
    {
        var properties = records.Properties(task.ConfigType);
        foreach (var foreign in sections.Except(SectionsOf(task)))
            properties[foreign] = false;
        var presets = task.PresetRecords;
        var further = new JsonArray();
        foreach (var (key, known) in task.KnownNames)
            further.Add(RecordSchema.At(key, new JsonObject { ["enum"] = Names(known) }));
        if (presets.Count > 1)
        {
            var names = new JsonObject { ["enum"] = Names(presets.Select(preset => preset.Name)) };
            further.Add(RecordSchema.At(TaskDefinition.PresetKey, names));
            var families = presets.GroupBy(preset => string.Join(' ', Families.Find(preset.Config).Select(part => part.Record.Name)));
            var choices = Choices(TaskDefinition.PresetKey,
                [.. families.Select(family => (Names(family.Select(preset => preset.Name)), Describe(family.First().Config, records)))]);
            foreach (var choice in choices.ToArray())
                further.Add(choice!.DeepClone());
        }
        return new JsonObject { ["properties"] = properties, ["allOf"] = further };
    }

    private static JsonObject Describe(object preset, RecordSchema records) => new()
    {
        ["allOf"] = new JsonArray(
            [.. Families.Find(preset).Select(part => (JsonNode)RecordSchema.At(part.Path, records.Reference(part.Record)))]),
    };

    // What holds for each value of a key; where it has none: for the first, or with a base for any.
    private static JsonArray Choices(string key, IReadOnlyList<(JsonArray Values, JsonObject Schema)> choices)
    {
        var all = new JsonArray();
        foreach (var (values, schema) in choices)
        {
            all.Add(new JsonObject
            {
                ["if"] = Required(key, new JsonObject { ["enum"] = values.DeepClone() }),
                ["then"] = schema.DeepClone(),
            });
        }
        all.Add(new JsonObject
        {
            ["if"] = new JsonObject { ["not"] = Required(key) },
            ["then"] = new JsonObject
            {
                ["if"] = Required(Base),
                ["then"] = new JsonObject { ["anyOf"] = new JsonArray([.. choices.Select(choice => choice.Schema.DeepClone())]) },
                ["else"] = choices[0].Schema.DeepClone(),
            },
        });
        return all;
    }

    // A schema of objects that have a key, and what its value is.
    private static JsonObject Required(string path, JsonNode? value = null)
    {
        var keys = path.Split('.', 2);
        var schema = new JsonObject { ["required"] = new JsonArray(keys[0]) };
        if ((keys is [_, var rest] ? Required(rest, value) : value) is { } inner)
            schema["properties"] = new JsonObject { [keys[0]] = inner };
        return schema;
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);
}
