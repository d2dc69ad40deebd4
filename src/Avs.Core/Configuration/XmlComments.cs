using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Avs.Core.Configuration;

/// <summary>The summaries of doc comments, out of the XML files that the compiler writes beside the assemblies.</summary>
internal static partial class XmlComments
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, XElement>> Files = new();

    /// <summary>Whether an assembly's file is there; published programs come without.</summary>
    public static bool Exist(Assembly assembly) => File.Exists(PathOf(assembly));

    /// <summary>The summary of a record or an enumeration; null without one.</summary>
    public static string? Find(Type type) => Find(type.Assembly, $"T:{Name(type)}");

    /// <summary>The summary of a property; null without one.</summary>
    public static string? Find(PropertyInfo property) =>
        Find(property.DeclaringType!.Assembly, $"P:{Name(property.DeclaringType)}.{property.Name}");

    /// <summary>The summary of an enumeration's value; null without one.</summary>
    public static string? Find(Type enumeration, string value) => Find(enumeration.Assembly, $"F:{Name(enumeration)}.{value}");

    private static string? Find(Assembly assembly, string member) =>
        Files.GetOrAdd(assembly, Read).GetValueOrDefault(member)?.Element("summary") is { } summary
            ? Blanks().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim()
            : null;

    private static Dictionary<string, XElement> Read(Assembly assembly) => Exist(assembly)
        ? XDocument.Load(PathOf(assembly)).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value)
        : [];

    private static string PathOf(Assembly assembly) => Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => Reference(see),
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    // A property is named by its key: what C# calls `ValidateEvery` is `validate_every` in a file.
    private static string Reference(XElement see)
    {
        var name = (see.Attribute("cref") ?? see.Attribute("langword"))?.Value ?? see.Value;
        var last = name.Split('(')[0].Split('.', ':')[^1];
        return name.StartsWith("P:", StringComparison.Ordinal) ? RecordReader.SnakeCase(last) : last;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
