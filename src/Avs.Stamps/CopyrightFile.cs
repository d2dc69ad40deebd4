using System.IO.Enumeration;

namespace Avs.Stamps;

/// <summary>
/// A Debian copyright file in the machine-readable format (DEP-5): paragraphs that give `Files:` patterns a `License:` and a
/// `Copyright:`. The last paragraph that matches a file counts, as the format says.
/// </summary>
internal sealed class CopyrightFile
{
    private readonly List<(string[] Patterns, string Licence, string Holders)> paragraphs = [];

    /// <summary>Reads the text of the file.</summary>
    public CopyrightFile(string text)
    {
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = Fields(paragraph);
            if (!fields.TryGetValue("Files", out var files))
                continue;
            var licence = fields.GetValueOrDefault("License", [""])[0];
            var holders = fields.GetValueOrDefault("Copyright", []).Where(h => h.Length > 0);
            paragraphs.Add(([.. files.SelectMany(f => f.Split(' ', StringSplitOptions.RemoveEmptyEntries))], licence,
                string.Join(", ", holders)));
        }
    }

    /// <summary>The licence's short name and the copyright holders of a file.</summary>
    /// <param name="path">
    /// Where the file is installed. Patterns name source files, so any end of the path may match, and a picture may have been converted
    /// since: the extension does not count.
    /// </param>
    public (string Licence, string Holders) Find(string path)
    {
        var segments = WithoutExtension(path).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var ends = Enumerable.Range(0, segments.Length).Select(i => string.Join('/', segments.Skip(i))).ToArray();
        var found = paragraphs.FindLastIndex(p => p.Patterns.Any(x => x.Contains('/') && Matches(x, ends)));
        // Some packages install their files under other folders than their sources have: then only the name is compared.
        if (found < 0)
            found = paragraphs.FindLastIndex(p => p.Patterns.Any(x => WithoutExtension(x[(x.LastIndexOf('/') + 1)..]) == segments[^1]));
        if (found < 0)
            found = paragraphs.FindLastIndex(p => p.Patterns.Contains("*"));
        return found < 0 ? ("see the copyright file", "authors not named") : (paragraphs[found].Licence, paragraphs[found].Holders);
    }

    private static bool Matches(string pattern, string[] ends)
    {
        var bare = pattern.EndsWith('*') ? pattern : WithoutExtension(pattern);
        return ends.Any(e => FileSystemName.MatchesSimpleExpression(bare, e, ignoreCase: false));
    }

    private static string WithoutExtension(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot > path.LastIndexOf('/') + 1 ? path[..dot] : path;
    }

    private static Dictionary<string, List<string>> Fields(string paragraph)
    {
        var fields = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? current = null;
        foreach (var line in paragraph.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] is ' ' or '\t')
            {
                current?.Add(line.Trim());
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                fields[line[..colon]] = current = [line[(colon + 1)..].Trim()];
        }

        return fields;
    }
}
