using System.Text.RegularExpressions;

namespace Avs.Core.Tests.Architecture;

/// <summary>A C# file of `src`, as far as the folder graph needs it.</summary>
internal sealed partial class SourceFile
{
    private readonly string code; // without comments, texts and letters

    /// <param name="path">From the repository's root on.</param>
    public SourceFile(string path, string text)
    {
        Path = path;
        Folder = System.IO.Path.GetDirectoryName(path)!.Split('/', 2)[1].Replace('/', '.');
        code = NotCode().Replace(text, " ");
        Namespace = NamespaceLine().Match(code) is { Success: true } match ? match.Groups[1].Value : null;
    }

    public string Path { get; }

    /// <summary>The namespace that its folder asks for, such as `Avs.Data.Clips`.</summary>
    public string Folder { get; }

    /// <summary>The namespace that it states; null where it states none.</summary>
    public string? Namespace { get; }

    /// <summary>The types that it declares, nested ones left out.</summary>
    public IEnumerable<string> Types => TypeLine().Matches(code).Select(match => match.Groups[1].Value);

    /// <summary>Every file of `src`.</summary>
    public static IReadOnlyList<SourceFile> ReadAll() =>
        [.. Repository.CSharpFiles("src")
            .Select(file => new SourceFile(System.IO.Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file)))];

    /// <summary>
    /// The folders that it uses: by a using directive, by a name that begins with a namespace, or by a type of a namespace around its own,
    /// which needs neither.
    /// </summary>
    /// <param name="types">The types of each folder.</param>
    public IEnumerable<string> UsedFolders(IReadOnlyDictionary<string, HashSet<string>> types)
    {
        var around = Ancestors(Folder).ToArray();
        var named = QualifiedName().Matches(code).SelectMany(match => Meanings(match.Value, around, types));
        var words = Word().Matches(code).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        words.ExceptWith(types[Folder]);
        var fromAround = around.Where(folder => types.TryGetValue(folder, out var declared) && words.Overlaps(declared));
        return named.SelectMany(name => Ancestors(name).Prepend(name).Where(types.ContainsKey).Take(1))
            .Concat(fromAround).Where(folder => folder != Folder).Distinct();
    }

    // A name such as Media.MediaFile may begin in any namespace around the file's own.
    private static IEnumerable<string> Meanings(
        string name, IEnumerable<string> around, IReadOnlyDictionary<string, HashSet<string>> types)
    {
        if (name.StartsWith("Avs.", StringComparison.Ordinal))
            return [name];
        var words = name.Split('.');
        return around.Select(folder => $"{folder}.{words[0]}")
            .Where(folder => types.TryGetValue(folder, out var declared) && declared.Contains(words[1]));
    }

    private static IEnumerable<string> Ancestors(string name)
    {
        for (var dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.'))
            yield return name = name[..dot];
    }

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\$*"{3,}.*?"{3,}|\$?@\$?"(?:""|[^"])*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\.[^']*|[^'\\])'""",
        RegexOptions.Singleline)]
    private static partial Regex NotCode();

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:[a-z]+ )*(?:class|struct|record|enum|interface|delegate [\w<>?, ]+?) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"(?<![.\w])[A-Z]\w*(?:\.[A-Z]\w*)+")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"(?<![.\w])[A-Z]\w*")]
    private static partial Regex Word();
}
