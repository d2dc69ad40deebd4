using Avs.Core;
using Avs.Core.Configuration;

namespace Avs.Train.Experiments;

/// <summary>The parts of a task's record of which a preset decides what record stands there: the network and the objective.</summary>
internal static class Families
{
    /// <summary>Where these parts lie in a preset's record, and which records they are.</summary>
    public static IEnumerable<(string Path, Type Record)> Find(object record, string path = "")
    {
        foreach (var (name, property) in RecordReader.Keys(record.GetType()))
        {
            var key = RecordReader.Join(path, name);
            if (property.GetValue(record) is not { } value || !RecordReader.IsRecord(value.GetType()))
                continue;
            if (RecordReader.IsFamily(property.PropertyType))
                yield return (key, value.GetType());
            else
                foreach (var part in Find(value, key))
                    yield return part;
        }
    }

    /// <summary>Refuses a key that other presets of the task have in such a part, and this one has not.</summary>
    /// <param name="preset">The experiment's preset.</param>
    /// <param name="defaults">Its record.</param>
    /// <exception cref="UsageException">There is such a key in the file.</exception>
    public static void RefuseKeysOfOthers(TaskDefinition task, string preset, object defaults, ConfigMap file)
    {
        foreach (var (path, record) in Find(defaults))
        {
            foreach (var (key, node) in (file.At(path) as ConfigMap)?.Entries ?? [])
            {
                if (HasKey(record, key))
                    continue;
                var others = task.PresetRecords.Where(other =>
                    Find(other.Config).Any(part => part.Path == path && HasKey(part.Record, key)));
                if (others.Select(other => other.Name).FirstOrDefault() is { } other)
                {
                    throw new UsageException($"{node.Place}: {RecordReader.Join(path, key)}: a model such as {other} has this key, but not "
                        + $"{preset}; its keys here are {string.Join(", ", RecordReader.Keys(record).Select(entry => entry.Key))}");
                }
            }
        }
    }

    private static bool HasKey(Type record, string key) => RecordReader.Keys(record).Any(entry => entry.Key == key);
}
