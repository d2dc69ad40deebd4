using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;

namespace Avs.Core.Configuration;

/// <summary>
/// Holds a configuration record that was made by code to the limits on its properties, which <see cref="RecordReader"/> holds those to
/// that come from a file. What takes a record (a network, a loader, a training run) calls it first.
/// </summary>
public static class RecordCheck
{
    private static readonly ConcurrentDictionary<Type, Rule[]> Rules = new();

    /// <summary>The record, if its values and those of the records in it are allowed.</summary>
    /// <param name="path">The dotted name of the record in a configuration, for the message; empty for the whole.</param>
    /// <exception cref="UsageException">A value is not; the sentence names its key.</exception>
    public static T Require<T>(T record, string path = "") where T : class
    {
        Check(record, path);
        return record;
    }

    private static void Check(object record, string path)
    {
        foreach (var rule in Rules.GetOrAdd(record.GetType(), RulesOf))
        {
            var key = RecordReader.Join(path, rule.Key);
            switch (rule.Property.GetValue(record))
            {
                case null or string:
                    break;
                case IEnumerable list:
                    CheckList(rule, [.. list.Cast<object>()], key);
                    break;
                case var nested when RecordReader.IsRecord(nested.GetType()):
                    Check(nested, key);
                    break;
                case var value:
                    CheckNumber(rule, value, key);
                    break;
            }
        }
        if ((record as ICrossChecked)?.FindMisfit() is { } misfit)
            throw Refusal(path, record, misfit);
    }

    internal static UsageException Refusal(string path, object record, Misfit misfit, Place? place = null)
    {
        var value = record.GetType().GetProperty(misfit.Property)!.GetValue(record);
        var key = RecordReader.Join(path, RecordReader.SnakeCase(misfit.Property));
        var where = place is null ? "" : $"{place}: ";
        return new UsageException($"{where}{key}: found '{value as string ?? RecordWriter.Value(value)}', expected {misfit.Expected}");
    }

    private static void CheckList(Rule rule, object[] items, string key)
    {
        for (var i = 0; i < items.Length; i++)
            CheckNumber(rule, items[i], $"{key}[{i}]");
        if (rule.Distinct && items.Distinct().Count() < items.Length)
            throw new UsageException($"{key}: found {RecordWriter.Value(items)}, expected nothing twice");
    }

    private static void CheckNumber(Rule rule, object value, string key)
    {
        if (rule.Limits.Length == 0)
            return;
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number) || !rule.Limits.All(limit => limit.Allows(number)))
        {
            var expected = RecordReader.Expected(rule.Property, value.GetType(), plural: false);
            throw new UsageException($"{key}: found '{RecordWriter.Value(value)}', expected {expected}");
        }
    }

    private static Rule[] RulesOf(Type type) =>
    [
        .. RecordReader.Keys(type).Select(entry => new Rule(entry.Key, entry.Property)).Where(rule =>
            rule.Limits.Length > 0 || rule.Distinct || RecordReader.IsRecord(rule.Property.PropertyType)),
    ];

    private sealed record Rule(string Key, PropertyInfo Property)
    {
        public LimitAttribute[] Limits { get; } = RecordReader.Limits(Property);

        public bool Distinct { get; } = RecordReader.IsDistinct(Property);
    }
}
