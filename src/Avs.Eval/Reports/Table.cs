using System.Text;

namespace Avs.Eval.Reports;

/// <summary>A table of texts.</summary>
/// <param name="Columns">A heading for each column.</param>
/// <param name="Rows">Each with as many texts as there are columns.</param>
public sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>For each column whether it is right-aligned: its texts all start like a number or are empty, and one is a number.</summary>
    public IReadOnlyList<bool> RightAligned =>
        [.. Columns.Select((_, c) => Rows.Any(row => IsNumber(row[c])) && Rows.All(row => row[c] is "" or "-" || IsNumber(row[c])))];

    private static bool IsNumber(string text)
    {
        var digits = text.TrimStart('-', '+', '.');
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && !digits.Contains('_');
    }
}

/// <summary>Writes tables as text.</summary>
public static class TableWriter
{
    /// <summary>Columns lined up with spaces, a rule below the headings; no spaces at the ends of lines.</summary>
    /// <returns>Lines, each ended by a line feed.</returns>
    public static string ToText(Table table)
    {
        Check(table);
        var widths = Widths(table, text => text);
        var text = new StringBuilder();
        Line(table.Columns);
        text.Append(string.Join("  ", widths.Select(w => new string('-', w)))).Append('\n');
        foreach (var row in table.Rows)
            Line(row);
        return text.ToString();

        void Line(IReadOnlyList<string> cells) =>
            text.Append(string.Join("  ", cells.Select((cell, c) => Pad(cell, widths[c], table.RightAligned[c]))).TrimEnd()).Append('\n');
    }

    /// <summary>A Markdown table, lined up so that it reads well unrendered too.</summary>
    /// <returns>Lines, each ended by a line feed.</returns>
    public static string ToMarkdown(Table table)
    {
        Check(table);
        var widths = Widths(table, Escape).Select(w => Math.Max(3, w)).ToArray();
        var right = table.RightAligned;
        var text = new StringBuilder();
        Line(table.Columns);
        var rules = widths.Select((width, column) => right[column] ? new string('-', width - 1) + ":" : new string('-', width));
        text.Append("| ").AppendJoin(" | ", rules).Append(" |\n");
        foreach (var row in table.Rows)
            Line(row);
        return text.ToString();

        void Line(IReadOnlyList<string> cells) =>
            text.Append("| ").AppendJoin(" | ", cells.Select((cell, c) => Pad(Escape(cell), widths[c], right[c]))).Append(" |\n");

        static string Escape(string cell) => cell.Replace("|", "\\|").Replace("\r", "").Replace('\n', ' ');
    }

    /// <summary>Comma-separated values as RFC 4180 has them, lines ended by a line feed.</summary>
    public static string ToCsv(Table table)
    {
        Check(table);
        return string.Concat(table.Rows.Prepend(table.Columns).Select(row => string.Join(',', row.Select(Quote)) + "\n"));

        static string Quote(string cell) => cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell;
    }

    /// <summary>A LaTeX table with the rules of booktabs.</summary>
    /// <returns>Lines, each ended by a line feed.</returns>
    public static string ToLatex(Table table)
    {
        Check(table);
        var columns = string.Concat(table.RightAligned.Select(right => right ? 'r' : 'l'));
        string Line(IReadOnlyList<string> cells) => $"{string.Join(" & ", cells.Select(Escape))} \\\\\n";
        return $"% \\usepackage{{booktabs}}\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n{Line(table.Columns)}\\midrule\n"
            + $"{string.Concat(table.Rows.Select(Line))}\\bottomrule\n\\end{{tabular}}\n";

        static string Escape(string cell) => string.Concat(cell.Select((letter, i) => letter switch
        {
            '\\' => "\\textbackslash{}",
            '~' => "\\textasciitilde{}",
            '^' => "\\textasciicircum{}",
            '<' => "\\textless{}", // the usual fonts have other marks where ASCII has these
            '>' => "\\textgreater{}",
            '|' => "\\textbar{}",
            '[' or '*' when i == 0 => $"{{{letter}}}", // or it would belong to the rule or the end of line before it
            '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{letter}",
            '±' => "$\\pm$",
            '\r' or '\n' => " ",
            '-' when i + 1 < cell.Length && char.IsAsciiDigit(cell[i + 1]) && (i == 0 || cell[i - 1] == ' ') => "$-$", // a minus, no hyphen
            _ => $"{letter}",
        }));
    }

    private static int[] Widths(Table table, Func<string, string> shown) =>
        [.. table.Columns.Select((name, c) => table.Rows.Select(row => shown(row[c]).Length).Append(shown(name).Length).Max())];

    private static string Pad(string cell, int width, bool right) => right ? cell.PadLeft(width) : cell.PadRight(width);

    private static void Check(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Rows.FirstOrDefault(row => row.Count != table.Columns.Count) is { } wrong)
            throw new ArgumentException($"a row of {wrong.Count} texts in a table of {table.Columns.Count} columns", nameof(table));
    }
}
