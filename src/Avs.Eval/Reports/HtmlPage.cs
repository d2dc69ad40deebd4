using System.Text.Encodings.Web;
using System.Text.Unicode;
using Avs.Core;
using Fluid;

namespace Avs.Eval.Reports;

/// <summary>
/// Writes a <see cref="Sheet"/> and a table of figures as one web page that needs no other file. HtmlPage.liquid is its template.
/// </summary>
public static class HtmlPage
{
    private const int CellWidth = 224;

    private static readonly IFluidTemplate Template = ParseResource("HtmlPage.liquid");
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="figures">The table above them; null for none.</param>
    public static void Write(string path, Sheet sheet, Table? figures) => AtomicFile.WriteAllText(path, Page(sheet, figures));

    /// <summary>The page as a text, its pictures embedded.</summary>
    /// <param name="figures">The table above them; null for none.</param>
    public static string Page(Sheet sheet, Table? figures)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        var page = new PageModel(
            sheet.Title,
            sheet.Subtitle,
            figures is null ? [] : [TableModel.From(figures)],
            sheet.Columns,
            Math.Max(1, sheet.Columns.Count),
            [.. sheet.Rows.Select(row => RowModel.From(row, CellWidth))]);
        return Render(Template, page);
    }

    /// <summary>Fills a template in.</summary>
    /// <param name="page">A record; in the template its properties are in snake_case.</param>
    /// <param name="parts">The further records in it.</param>
    internal static string Render<T>(IFluidTemplate template, T page, params IReadOnlyList<Type> parts) where T : notnull
    {
        // A name in the template that no record has is a mistake, not an empty text.
        var options = new TemplateOptions { StrictVariables = true, StrictFilters = true };
        options.MemberAccessStrategy.MemberNameStrategy = MemberNameStrategies.SnakeCase;
        foreach (var type in (Type[])[typeof(T), typeof(TableModel), typeof(TextModel), typeof(RowModel), typeof(CellModel), .. parts])
            options.MemberAccessStrategy.Register(type);
        return template.Render(new TemplateContext(page, options), Encoder);
    }

    internal static IFluidTemplate Parse(string text) => new FluidParser().Parse(text);

    /// <summary>A template that is a part of the program.</summary>
    internal static IFluidTemplate ParseResource(string name) => Parse(ReadResource(name));

    /// <summary>A text that is a part of the program.</summary>
    internal static string ReadResource(string name)
    {
        using var text = new StreamReader(typeof(HtmlPage).Assembly.GetManifestResourceStream(name)!);
        return text.ReadToEnd();
    }

    /// <summary>What the template shows.</summary>
    internal sealed record PageModel(
        string Title, string Subtitle, IReadOnlyList<TableModel> Tables, IReadOnlyList<string> Columns, int ColumnCount,
        IReadOnlyList<RowModel> Rows);

    internal sealed record TableModel(IReadOnlyList<TextModel> Headings, IReadOnlyList<IReadOnlyList<TextModel>> Rows)
    {
        public static TableModel From(Table table)
        {
            var right = table.RightAligned;
            IReadOnlyList<TextModel> Aligned(IReadOnlyList<string> texts) =>
                [.. texts.Select((text, column) => new TextModel(text, right[column]))];
            return new TableModel(Aligned(table.Columns), [.. table.Rows.Select(Aligned)]);
        }
    }

    internal sealed record TextModel(string Text, bool Right);

    internal sealed record RowModel(string Title, IReadOnlyList<CellModel> Cells)
    {
        /// <param name="width">Of each picture, in pixels.</param>
        public static RowModel From(SheetRow row, int width)
        {
            var drawing = new ContactSheet(width);
            return new RowModel(
                row.Title,
                [.. row.Cells.Select(cell => new CellModel(cell.Caption, Convert.ToBase64String(drawing.Picture(cell, ".jpg"))))]);
        }
    }

    internal sealed record CellModel(string Caption, string Jpeg);
}
