using System.Reflection;

namespace Avs.Models.Tests;

/// <summary>
/// Records with one value changed, one after the other: what a test needs that has to fail when a choice is ignored, a future one as well.
/// </summary>
internal static class Changes
{
    /// <summary>
    /// Every other value of every choice, other numbers, and the same of the records within; names like <c>Similarity.Pooling=Maximum</c>.
    /// </summary>
    /// <param name="record">A record.</param>
    /// <param name="choicesOnly">Whether numbers and lists stay.</param>
    public static IEnumerable<(string Name, object Changed)> Of(object record, bool choicesOnly = false)
    {
        foreach (var property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is not null))
        {
            foreach (var (name, value) in Others(property.PropertyType, property.GetValue(record), choicesOnly))
                yield return (property.Name + name, With(record, property, value));
        }
    }

    private static IEnumerable<(string Name, object Value)> Others(Type type, object? value, bool choicesOnly) => value switch
    {
        Enum choice => Enum.GetValues(type).Cast<object>().Where(other => !other.Equals(choice)).Select(other => ($"={other}", other)),
        bool choice => [($"={!choice}", !choice)],
        not null when type.GetMethod("<Clone>$") is not null => Of(value, choicesOnly)
            .Select(change => ("." + change.Name, change.Changed)),
        _ when choicesOnly => [],
        int number => [("=other", number % 2 == 0 ? number * 2 : number + 2)],
        double number => [("=other", number == 0 ? 0.5 : number * 2)],
        IReadOnlyList<int> => [("=[3]", (int[])[3])],
        _ => [],
    };

    private static object With(object record, PropertyInfo property, object value)
    {
        var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        property.SetValue(copy, value);
        return copy;
    }
}
