using System.Net;
using System.Text;
using Avs.Core;

namespace Avs.Eval.Reports;

/// <summary>Writes a <see cref="Sheet"/> and a table of figures as one web page that needs no other file.</summary>
public static class HtmlPage
{
    private const string Style = """
        body { margin: 0; background: #fafaf8; color: #1c2026; font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 1200px; margin: 0 auto; padding: 32px; }
        h1 { font-size: 24px; margin: 0 0 4px; } p { margin: 0 0 20px; color: #6a727e; }
        h2 { font-size: 15px; font-weight: 600; margin: 0 0 8px; }
        table { border-collapse: collapse; margin: 0 0 28px; } th, td { padding: 5px 18px 5px 0; text-align: left; border-bottom: 1px solid #dee1e6; }
        th { font-weight: 600; } .right { text-align: right; font-variant-numeric: tabular-nums; }
        .row { display: grid; gap: 6px 12px; border-top: 1px solid #dee1e6; padding: 14px 0; } .row h2 { grid-column: 1 / -1; }
        .headings { font-weight: 600; border: 0; padding: 0 0 6px; position: sticky; top: 0; background: #fafaf8; }
        figure { margin: 0; } img { width: 100%; display: block; border-radius: 3px; } figcaption { color: #6a727e; font-size: 13px; }
        """;

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="sheet">The pictures.</param>
    /// <param name="figures">The table above them; may be null.</param>
    public static void Write(string path, Sheet sheet, Table? figures) => AtomicFile.WriteAllText(path, Page(sheet, figures));

    /// <summary>The page as a text, its pictures embedded.</summary>
    /// <param name="sheet">The pictures.</param>
    /// <param name="figures">The table above them; may be null.</param>
    public static string Page(Sheet sheet, Table? figures)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        var drawing = new ContactSheet(CellWidth: 224);
        var columns = $"style=\"grid-template-columns: repeat({Math.Max(1, sheet.Columns.Count)}, 1fr)\"";
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Append($"<title>{Text(sheet.Title)}</title>\n<style>\n{Style}\n</style></head>\n<body><main>\n<h1>{Text(sheet.Title)}</h1>\n");
        if (sheet.Subtitle.Length > 0) page.Append($"<p>{Text(sheet.Subtitle)}</p>\n");
        if (figures is not null) Append(page, figures);
        page.Append($"<div class=\"row headings\" {columns}>").AppendJoin("", sheet.Columns.Select(c => $"<div>{Text(c)}</div>")).Append("</div>\n");
        foreach (var row in sheet.Rows)
        {
            page.Append($"<section class=\"row\" {columns}><h2>{Text(row.Title)}</h2>\n");
            foreach (var cell in row.Cells)
            {
                var picture = Convert.ToBase64String(drawing.Picture(cell, ".jpg"));
                page.Append($"<figure><img alt=\"{Text(cell.Caption)}\" src=\"data:image/jpeg;base64,{picture}\">")
                    .Append($"<figcaption>{Text(cell.Caption)}</figcaption></figure>\n");
            }
            page.Append("</section>\n");
        }
        return page.Append("</main></body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder page, Table table)
    {
        var right = table.RightAligned;
        page.Append("<table>\n<thead>");
        Row(table.Columns, "th");
        page.Append("</thead>\n<tbody>\n");
        foreach (var row in table.Rows) Row(row, "td");
        page.Append("</tbody>\n</table>\n");

        void Row(IReadOnlyList<string> cells, string tag) => page.Append("<tr>")
            .AppendJoin("", cells.Select((cell, c) => $"<{tag}{(right[c] ? " class=\"right\"" : "")}>{Text(cell)}</{tag}>")).Append("</tr>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
