using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Avs.Core.Configuration;

/// <summary>
/// Turns configuration keys into a typed, immutable record: a copy of a record of defaults with the properties that the keys name changed.
/// Keys are the property names in snake_case; so are the values of enumerations.
/// </summary>
public static class RecordReader
{
    /// <summary>A copy of a record, changed by a map's keys.</summary>
    /// <param name="defaults">The values of what the map does not say.</param>
    /// <param name="map">The keys and values.</param>
    /// <param name="path">The dotted name of the record in the whole configuration, empty for the whole.</param>
    /// <exception cref="UsageException">An unknown key, a value of the wrong type or one out of its limits.</exception>
    public static T Read<T>(T defaults, ConfigMap map, string path = "") where T : class => (T)ReadRecord(defaults, map, path);

    /// <summary>The keys of a record type with their properties.</summary>
    /// <param name="type">The record type.</param>
    public static IReadOnlyList<(string Key, PropertyInfo Property)> Keys(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .Select(property => (SnakeCase(property.Name), property))];

    /// <summary>`LearningRate` as `learning_rate`.</summary>
    /// <param name="name">A C# name.</param>
    public static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    public static bool IsRecord(Type type) => CloneMethod(type) is not null;

    /// <summary>Whether it stands for a family of records, of which a preset chooses one.</summary>
    public static bool IsFamily(Type type) => type.IsAbstract && IsRecord(type);

    private static MethodInfo? CloneMethod(Type type) => type.GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance);

    private static object ReadRecord(object defaults, ConfigMap map, string path)
    {
        var keys = Keys(defaults.GetType());
        var copy = CloneMethod(defaults.GetType())!.Invoke(defaults, null)!;
        foreach (var (key, node) in map.Entries)
        {
            var property = keys.FirstOrDefault(pair => pair.Key == key).Property
                ?? throw UnknownKey(node.Place, path, key, keys.Select(pair => pair.Key));
            property.SetValue(copy, ReadValue(property, property.PropertyType, property.GetValue(copy), node, Join(path, key)));
        }
        if ((copy as ICrossChecked)?.FindMisfit() is { } misfit)
            throw RecordCheck.Refusal(path, copy, misfit, (map[SnakeCase(misfit.Property)] ?? map).Place);
        return copy;
    }

    public static UsageException UnknownKey(Place place, string path, string key, IEnumerable<string> known)
    {
        var names = known.ToArray();
        var hint = NearMiss.Of(key, names) is { } near ? $"did you mean '{near}'?" : $"the keys here are {string.Join(", ", names)}";
        return new UsageException($"{place}: {Join(path, key)}: there is no such key; {hint}");
    }

    public static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static object? ReadValue(PropertyInfo property, Type type, object? current, ConfigNode node, string path)
    {
        if (IsRecord(type) && node is ConfigMap map)
            return ReadRecord(current ?? Activator.CreateInstance(type)!, map, path);
        if (IsRecord(type))
            throw Wrong(node, path, Expected(property, type, plural: false));
        if (TakesNull(property) && node is ConfigScalar { IsNull: true })
            return null;
        if (ElementType(type) is { } element)
        {
            if (node is not ConfigList list)
                throw Wrong(node, path, $"a list of {Expected(property, element, plural: true)} such as [1, 2]");
            var array = Array.CreateInstance(element, list.Items.Count);
            for (var i = 0; i < list.Items.Count; i++)
                array.SetValue(ReadScalar(property, element, list.Items[i], $"{path}[{i}]"), i);
            if (IsDistinct(property) && array.Cast<object>().Distinct().Count() < array.Length)
                throw new UsageException($"{node.Place}: {path}: found {RecordWriter.Value(array)}, expected nothing twice");
            return array;
        }
        return ReadScalar(property, Nullable.GetUnderlyingType(type) ?? type, node, path);
    }

    public static Type? ElementType(Type type) =>
        type == typeof(string) ? null
        : type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0]
        : null;

    private static object ReadScalar(PropertyInfo property, Type type, ConfigNode node, string path)
    {
        if (node is ConfigScalar { IsNull: false } scalar)
        {
            var value = Convert(type, scalar);
            var limits = Limits(property);
            bool Allowed(double number) => limits.All(limit => limit.Allows(number));
            if (value is not null && (limits.Length == 0 || Allowed(System.Convert.ToDouble(value, CultureInfo.InvariantCulture))))
                return value;
        }
        throw Wrong(node, path,
            Expected(property, type, plural: false) + (node is ConfigScalar { IsNull: false } text ? NumberHint(type, text) : ""));
    }

    // What is wrong with something that looks like a number.
    private static string NumberHint(Type type, ConfigScalar scalar)
    {
        var text = scalar.Text;
        var whole = type == typeof(int) || type == typeof(long);
        if (!whole && type != typeof(double) && type != typeof(float))
            return scalar.Quoted && type == typeof(bool) && Truth(text) is not null ? ", without quotation marks" : "";
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsNaN(number);
        if (scalar.Quoted)
            return isNumber ? ", without quotation marks" : "";
        if (LeadingZero(text))
            return ", without a leading zero, which some programs read as an octal number";
        if (whole && isNumber && Math.Abs(number) > (type == typeof(int) ? int.MaxValue : (double)long.MaxValue))
            return $" and {(number < 0 ? "not below" : "not above")} "
                + $"{(type == typeof(int) ? (number < 0 ? int.MinValue : int.MaxValue) : number < 0 ? long.MinValue : long.MaxValue)}";
        if (!whole && isNumber && (double.IsInfinity(number) || Math.Abs(number) > float.MaxValue))
            return $" and not {(number < 0 ? "below -" : "above ")}{(type == typeof(float) ? "3.4e38" : "1.7e308")}";
        if (whole && isNumber && Math.Floor(number) == number && !text.All(letter => char.IsAsciiDigit(letter) || letter is '-' or '+'))
            return $", written in digits: {number.ToString("F0", CultureInfo.InvariantCulture)}";
        if (text.Contains('_') && text.All(letter => char.IsAsciiDigit(letter) || letter is '_' or '-' or '+' or '.'))
            return $", written without '_': {text.Replace("_", "", StringComparison.Ordinal)}";
        return "";
    }

    private static bool LeadingZero(string text) => text.TrimStart('-', '+') is ['0', >= '0' and <= '9', ..];

    private static bool? Truth(string text) => text switch
    {
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        _ => null,
    };

    private static object? Convert(Type type, ConfigScalar scalar)
    {
        var text = scalar.Text;
        var plain = CultureInfo.InvariantCulture;
        if (type == typeof(string))
            return text;
        if (scalar.Quoted)
            return null;
        if (type == typeof(bool))
            return Truth(text);
        // YAML 1.1 reads 010 as 8, YAML 1.2 as 10.
        if (LeadingZero(text) && !type.IsEnum)
            return null;
        if (type == typeof(int))
            return int.TryParse(text, NumberStyles.AllowLeadingSign, plain, out var number) ? number : null;
        if (type == typeof(long))
            return long.TryParse(text, NumberStyles.AllowLeadingSign, plain, out var number) ? number : null;
        if (type == typeof(double) || type == typeof(float))
        {
            if (!double.TryParse(text, NumberStyles.Float, plain, out var number) || !double.IsFinite(number))
                return null;
            if (type == typeof(float))
                return float.IsFinite((float)number) ? (float)number : null;
            return number;
        }
        if (type.IsEnum)
            return Enum.GetNames(type).Where(name => SnakeCase(name) == text).Select(name => Enum.Parse(type, name)).FirstOrDefault();
        throw new NotSupportedException($"a configuration record has a property of type {type}, which the reader does not know");
    }

    /// <summary>Whether a property may have no value.</summary>
    internal static bool TakesNull(PropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) is not null
        || (!property.PropertyType.IsValueType && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable);

    internal static LimitAttribute[] Limits(PropertyInfo property) => [.. property.GetCustomAttributes<LimitAttribute>()];

    internal static bool IsDistinct(PropertyInfo property) => property.IsDefined(typeof(DistinctAttribute));

    /// <summary>What a property takes, as it follows "expected".</summary>
    internal static string Expected(PropertyInfo property, Type type, bool plural)
    {
        var limit = Limits(property) is { Length: > 0 } limits ? " " + string.Join(" and ", limits.Select(limit => limit.Words)) : "";
        if (type.IsEnum)
            return $"{(plural ? "any" : "one")} of {string.Join(", ", Enum.GetNames(type).Select(SnakeCase))}";
        if (type == typeof(bool))
            return plural ? "true or false values" : "true or false";
        if (type == typeof(string))
            return plural ? "texts" : "text";
        if (IsRecord(type))
            return "keys and values";
        var whole = type == typeof(int) || type == typeof(long);
        return (whole, plural) switch
        {
            (true, false) => $"a whole number{limit}",
            (true, true) => $"whole numbers{limit}",
            (false, false) => $"a number{limit}",
            (false, true) => $"numbers{limit}",
        };
    }

    /// <summary>The refusal of a value that is none of the names it could be.</summary>
    public static UsageException UnknownName(ConfigNode node, string path, IReadOnlyList<string> known)
    {
        var near = node is ConfigScalar { IsNull: false } scalar ? NearMiss.Of(scalar.Text, known) : null;
        return Wrong(node, path, $"one of {string.Join(", ", known)}{(near is null ? "" : $"; did you mean '{near}'?")}");
    }

    public static UsageException Wrong(ConfigNode node, string path, string expected)
    {
        var found = node switch
        {
            ConfigScalar { IsNull: true } => "nothing",
            ConfigScalar scalar => $"'{Shortened(scalar.Text)}'",
            ConfigList => "a list",
            _ => "keys and values",
        };
        return new UsageException($"{node.Place}: {path}: found {found}, expected {expected}");
    }

    private static string Shortened(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
