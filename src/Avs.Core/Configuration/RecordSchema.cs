using System.Reflection;
using System.Text.Json.Nodes;

namespace Avs.Core.Configuration;

/// <summary>
/// Describes configuration records in JSON Schema (draft 7, what editors read): the keys, types and limits that
/// <see cref="RecordReader"/> holds a file to, with the doc comments as descriptions. The platform's own exporter describes what
/// System.Text.Json would read, which differs in all of these; so this goes over the records as the reader does.
/// </summary>
public sealed class RecordSchema
{
    private readonly Dictionary<string, Type> types = new(StringComparer.Ordinal);

    /// <summary>The records described so far, by name, for the schema's key `definitions`.</summary>
    public JsonObject Definitions { get; } = [];

    /// <summary>Whether the doc comments of a record's assembly are at hand.</summary>
    public static bool HasComments(Type record) => XmlComments.Exist(record.Assembly);

    /// <summary>A reference to the description of a record, which is made where there is none yet.</summary>
    public JsonObject Reference(Type record)
    {
        if (types.TryAdd(record.Name, record))
        {
            Definitions[record.Name] = null; // keeps its place before those of the records in it
            Definitions[record.Name] = Describe(record);
        }
        return types[record.Name] == record
            ? new JsonObject { ["$ref"] = $"#/definitions/{record.Name}" }
            : throw new NotSupportedException($"two configuration records are called {record.Name}");
    }

    /// <summary>The values of a record's keys; those of an abstract record's key are left open.</summary>
    public JsonObject Properties(Type record) =>
        new(RecordReader.Keys(record).Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Describe(entry.Property))));

    /// <summary>A schema of an object that says something about the value at a dotted name, and nothing else.</summary>
    public static JsonObject At(string path, JsonNode schema) => path.Split('.', 2) is [var first, var rest]
        ? new JsonObject { ["properties"] = new JsonObject { [first] = At(rest, schema) } }
        : new JsonObject { ["properties"] = new JsonObject { [path] = schema } };

    /// <summary>Adds a description to a schema, where there is one.</summary>
    public static JsonObject Described(JsonObject schema, string? description)
    {
        if (description is not null)
            schema["description"] = description;
        return schema;
    }

    private JsonObject Describe(Type record) => Described(
        new JsonObject { ["type"] = "object", ["properties"] = Properties(record), ["additionalProperties"] = false },
        XmlComments.Find(record));

    private JsonObject Describe(PropertyInfo property)
    {
        var schema = Value(property, property.PropertyType);
        return Described(schema, XmlComments.Find(property));
    }

    private JsonObject Value(PropertyInfo property, Type type)
    {
        if (RecordReader.IsRecord(type))
            return RecordReader.IsFamily(type) ? new JsonObject { ["type"] = "object" } : Reference(type);
        if (RecordReader.ElementType(type) is { } element)
        {
            var list = new JsonObject { ["type"] = "array", ["items"] = Scalar(property, element) };
            if (RecordReader.IsDistinct(property))
                list["uniqueItems"] = true;
            return list;
        }
        var schema = Scalar(property, Nullable.GetUnderlyingType(type) ?? type);
        if (RecordReader.TakesNull(property))
            AllowNull(schema);
        return schema;
    }

    private static JsonObject Scalar(PropertyInfo property, Type type)
    {
        var schema = new JsonObject();
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type);
            schema["enum"] = new JsonArray([.. names.Select(name => (JsonNode)RecordReader.SnakeCase(name))]);
            string[] comments = [.. names.Select(name => XmlComments.Find(type, name) ?? "")];
            if (comments.Any(comment => comment.Length > 0))
                schema["markdownEnumDescriptions"] = new JsonArray([.. comments.Select(comment => (JsonNode)comment)]);
            return schema;
        }
        schema["type"] = type == typeof(bool) ? "boolean"
            : type == typeof(string) ? "string"
            : type == typeof(int) || type == typeof(long) ? "integer"
            : "number";
        foreach (var limit in RecordReader.Limits(property))
            limit.AddTo(schema);
        return schema;
    }

    private static void AllowNull(JsonObject schema)
    {
        if (schema["enum"] is JsonArray names)
            names.Add(null);
        else
            schema["type"] = new JsonArray(schema["type"]!.GetValue<string>(), "null");
    }
}
