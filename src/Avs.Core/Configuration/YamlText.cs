using System.Text;
using System.Text.RegularExpressions;
using Avs.Core.Formats;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Avs.Core.Configuration;

/// <summary>
/// One YAML text as nodes that know their lines. Reads the parser's events itself, for the line of every fault: duplicate keys, a second
/// document, a bracket that is left open, tags that ask for objects, nesting without end. Anchors, aliases and merges (`&lt;&lt;`) are
/// resolved.
/// </summary>
internal sealed partial class YamlText
{
    private const int DeepestNesting = 64, LargestFile = 1 << 24;
    private const string Standard = "tag:yaml.org,2002:";

    private readonly string text;
    private readonly string file;
    private readonly bool hasLines;
    private readonly Dictionary<string, ConfigNode?> anchors = new(StringComparer.Ordinal);
    private readonly Stack<ParsingEvent> open = new();
    private readonly Parser parser;

    private YamlText(string text, string file, bool hasLines)
    {
        // The parser takes a line of nothing but blanks for an indentation.
        this.text = Blank().Replace(text, "");
        this.file = file;
        this.hasLines = hasLines;
        parser = new Parser(new StringReader(this.text));
    }

    /// <summary>The text of a file.</summary>
    /// <exception cref="UsageException">It is no text, or not in UTF-8.</exception>
    public static string Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException(
                $"{path} is a folder, expected a YAML file; a run is continued with: {ShellCommand.ForProgram("train", "--resume", path)}");
        }
        if (!File.Exists(path))
            throw new UsageException($"there is no configuration file '{path}'");
        var length = new FileInfo(path).Length;
        if (length > LargestFile)
            throw new UsageException($"{path} has {length} bytes: it is {FileKind.Describe(path)}, expected a YAML file of an experiment");
        var bytes = File.ReadAllBytes(path);
        var wide = bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..];
        if (!wide && FileKind.Describe(path) is var kind && !FileKind.MayBeText(kind))
            throw new UsageException($"{path} is {kind}, expected a YAML file of an experiment");
        Encoding encoding = wide
            ? new UnicodeEncoding(bigEndian: bytes[0] == 0xFE, byteOrderMark: true, throwOnInvalidBytes: true)
            : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        try
        {
            return encoding.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            var line = 1 + bytes.AsSpan(0, Math.Max(0, e.Index)).Count((byte)'\n');
            var found = e.BytesUnknown is { Length: > 0 } bad ? $"the byte 0x{bad[0]:X2}" : "a byte";
            throw new UsageException($"{new Place(path, line)}: {found} is not UTF-8; save the file as UTF-8", e);
        }
    }

    /// <summary>The node that a text holds; an empty scalar for an empty text.</summary>
    /// <param name="file">What to call it in messages.</param>
    /// <param name="hasLines">Whether messages name lines.</param>
    /// <exception cref="UsageException">The text is not one YAML document.</exception>
    public static ConfigNode Parse(string text, string file, bool hasLines = true) => new YamlText(text, file, hasLines).Document();

    private ConfigNode Document()
    {
        RefuseInvisible();
        try
        {
            Next<StreamStart>();
            if (!parser.MoveNext() || parser.Current is not DocumentStart)
                return new ConfigScalar("", false, At(1));
            parser.MoveNext();
            var node = Node(null);
            Next<DocumentEnd>();
            if (parser.MoveNext() && parser.Current is DocumentStart second)
                throw new UsageException($"{At(second.Start.Line)}: a second YAML document begins here, expected only one in a file");
            return node;
        }
        // The parser throws more than its own exceptions: an InvalidOperationException where a bracket is left open.
        catch (Exception e) when (e is not UsageException)
        {
            throw Invalid(e);
        }
    }

    private void Next<T>() where T : ParsingEvent
    {
        if (!parser.MoveNext() || parser.Current is not T)
            throw new InvalidOperationException("the text ends early");
    }

    // The current event begins a node; afterwards it is the node's last.
    private ConfigNode Node(long? keyLine)
    {
        var begin = parser.Current!;
        // The line of a value is its key's: that is where a reader looks for it. A value on a line of its own is found there.
        var late = begin is Scalar { Value.Length: > 0 } && begin.Start.Line > keyLine
            && ((Scalar)begin).Style is not (ScalarStyle.Literal or ScalarStyle.Folded);
        var place = At(late ? begin.Start.Line : keyLine ?? begin.Start.Line);
        if (begin is AnchorAlias alias)
        {
            return anchors.TryGetValue(alias.Value.Value, out var known)
                ? (known
                    ?? throw new UsageException($"{place}: '*{alias.Value.Value}' refers to what it is a part of")) with
                { Place = place }
                : throw new UsageException(
                    $"{place}: '*{alias.Value.Value}' refers to nothing: there is no '&{alias.Value.Value}' before it");
        }
        var anchor = begin is NodeEvent { Anchor: { IsEmpty: false } named } ? named.Value : null;
        if (anchor is not null)
            anchors[anchor] = null;
        open.Push(begin);
        if (open.Count > DeepestNesting)
            throw new UsageException($"{place}: nested more than {DeepestNesting} deep, which no experiment needs");
        ConfigNode node = begin switch
        {
            Scalar scalar => Value(scalar, place),
            SequenceStart list => List(list, place),
            MappingStart map => Map(map, place),
            _ => throw new InvalidOperationException($"found {begin.GetType().Name}"),
        };
        open.Pop();
        if (anchor is not null)
            anchors[anchor] = node;
        return node;
    }

    private static ConfigScalar Value(Scalar scalar, Place place)
    {
        var quoted = scalar.Style is not ScalarStyle.Plain;
        var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific
            ? (scalar.Style is ScalarStyle.Plain && !scalar.Tag.IsEmpty && scalar.Tag.Value == "!" ? Standard + "str" : null)
            : scalar.Tag.Value;
        return tag switch
        {
            null => new ConfigScalar(scalar.Value, quoted, place),
            Standard + "str" => new ConfigScalar(scalar.Value, true, place),
            Standard + "int" or Standard + "float" or Standard + "bool"
                or Standard + "null" => new ConfigScalar(scalar.Value, false, place),
            _ => throw UnknownTag(tag, place),
        };
    }

    private ConfigList List(SequenceStart start, Place place)
    {
        RefuseTag(start, "seq", place);
        var items = new List<ConfigNode>();
        for (parser.MoveNext(); parser.Current is not SequenceEnd; parser.MoveNext())
            items.Add(Node(null));
        return new ConfigList(items, place);
    }

    private ConfigMap Map(MappingStart start, Place place)
    {
        RefuseTag(start, "map", place);
        var entries = new List<KeyValuePair<string, ConfigNode>>();
        var lines = new Dictionary<string, long>(StringComparer.Ordinal);
        var merged = new List<ConfigMap>();
        for (parser.MoveNext(); parser.Current is not MappingEnd; parser.MoveNext())
        {
            if (parser.Current is not Scalar key)
                throw new UsageException($"{At(parser.Current!.Start.Line)}: found a list, a map or a reference as a key, expected a name");
            var line = key.Start.Line;
            if (!lines.TryAdd(key.Value, line))
                throw new UsageException($"{At(line)}: the key '{key.Value}' is given twice, here and in line {lines[key.Value]}");
            parser.MoveNext();
            var value = Node(line);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
                merged.AddRange(Maps(value));
            else
                entries.Add(KeyValuePair.Create(key.Value, value));
        }
        // What the map says itself wins, then the first of the merged ones.
        foreach (var entry in merged.SelectMany(map => map.Entries))
            if (lines.TryAdd(entry.Key, 0))
                entries.Add(entry);
        return new ConfigMap(entries, place);
    }

    private static IEnumerable<ConfigMap> Maps(ConfigNode node) => node switch
    {
        ConfigMap map => [map],
        ConfigList list when list.Items.All(item => item is ConfigMap) => list.Items.Cast<ConfigMap>(),
        _ => throw new UsageException($"{node.Place}: '<<' merges keys and values, or a list of such, found something else"),
    };

    private static void RefuseTag(NodeEvent node, string kind, Place place)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && node.Tag.Value != Standard + kind)
            throw UnknownTag(node.Tag.Value, place);
    }

    private static UsageException UnknownTag(string tag, Place place) => new(
        $"{place}: the tag '{(tag.StartsWith(Standard, StringComparison.Ordinal) ? "!!" + tag[Standard.Length..] : tag)}' asks for an "
            + "object, expected plain values");

    private Place At(long line) => new(file, hasLines ? (int)line : null);

    // What an editor does not show: the parser would take it for a part of a name or of a value, or for the end of a line.
    private void RefuseInvisible()
    {
        var (line, comment) = (1, false);
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (letter == '\n' || (letter == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
                (line, comment) = (line + 1, false);
            else if (letter == '#' && (i == 0 || text[i - 1] is ' ' or '\t' or '\n' or '\r'))
                comment = true;
            var control = char.IsControl(letter) && letter is not ('\n' or '\r' or '\t');
            if (control || letter is '\u2028' or '\u2029'
                || (!comment && letter is '\u00A0' or '\uFEFF' or (>= '\u200B' and <= '\u200F') or '\u2060'))
                throw new UsageException($"{At(line)}: found the invisible character "
                    + $"U+{(int)letter:X4}{(letter == '\u00A0' ? " (a no-break space)" : "")}, expected plain text");
        }
    }

    private UsageException Invalid(Exception e)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var line = e is YamlException { Start.Line: > 0 } syntax ? (int)syntax.Start.Line : (int)(parser.Current?.Start.Line ?? 1);
        UsageException Say(int at, string what) => new($"{At(at)}: this is not valid YAML: {what}", e);

        var indented = Array.FindIndex(lines, text => Tab().IsMatch(text));
        if (indented >= 0 && e.Message.Contains("tab", StringComparison.Ordinal))
            return Say(indented + 1, "found a tab in the indentation, expected spaces");
        if (open.Reverse()
            .LastOrDefault(node => node is SequenceStart { Style: SequenceStyle.Flow }
            or MappingStart { Style: MappingStyle.Flow }) is { } bracket
            && (e is not YamlException || line >= lines.Length - 1 || line > bracket.Start.Line))
            return Say((int)bracket.Start.Line,
                $"the bracket '{(bracket is SequenceStart ? '[' : '{')}' is not closed, or a comma or a colon is missing behind it");
        if (e.Message.Contains("quoted scalar, found unexpected end", StringComparison.Ordinal))
            return Say(line, "a quotation mark is not closed");
        // The parser takes it for a part of a text that goes on in the next line, and stumbles there.
        for (var at = Math.Min(line, lines.Length); at >= Math.Max(1, line - 1); at--)
            if (NoSpace().IsMatch(lines[at - 1]))
                return Say(at, $"a space is missing after the colon in '{lines[at - 1].Trim()}'");
        var reason = e is YamlException ? (e.InnerException?.Message ?? e.Message).TrimEnd('.') : "it cannot be made sense of from here on";
        return Say(line, char.ToLowerInvariant(reason[0]) + reason[1..]);
    }

    [GeneratedRegex(@"^[ \t]+(?=\r?$)", RegexOptions.Multiline)]
    private static partial Regex Blank();

    [GeneratedRegex(@"^ *\t\s*[^\s#]")]
    private static partial Regex Tab();

    [GeneratedRegex(@"^\s*[A-Za-z_][\w.-]*:[^\s/\\:]")]
    private static partial Regex NoSpace();
}
