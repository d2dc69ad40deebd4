using Avs.Core;
using Fluid;

namespace Avs.Eval.Reports;

/// <summary>A part of a page of figures.</summary>
/// <param name="Text">What to look at.</param>
/// <param name="Reports">Pictures, tables and sentences, in their order.</param>
/// <param name="Link">Another file to open, relative to the page; null: none.</param>
/// <param name="LinkText">The words of the link.</param>
public sealed record FigureSection(
    string Title, string Text, IReadOnlyList<FigureReport> Reports, string? Link = null, string LinkText = "");

/// <summary>Writes figures with what to look at as one web page that holds its pictures. FigurePage.liquid is its template.</summary>
public static class FigurePage
{
    private static readonly IFluidTemplate Template = HtmlPage.ParseResource("FigurePage.liquid");

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="subtitle">A sentence below the title.</param>
    public static void Write(string path, string title, string subtitle, IReadOnlyList<FigureSection> sections) =>
        AtomicFile.WriteAllText(path, Create(title, subtitle, sections));

    /// <summary>The page as a text.</summary>
    public static string Create(string title, string subtitle, IReadOnlyList<FigureSection> sections) => HtmlPage.Render(
        Template,
        new FigurePageModel(title, subtitle, [.. sections.Select(section => new SectionModel(
            section.Title,
            section.Text,
            section.Link ?? "",
            section.LinkText,
            [.. section.Reports.SelectMany(report => report.Figures)
                .Select(figure => new FigureModel(figure.Title, Convert.ToBase64String(figure.Png)))],
            [.. section.Reports.SelectMany(report => report.Tables)
                .Select(table => new TitledTableModel(table.Title, HtmlPage.TableModel.From(table.Table)))],
            [.. section.Reports.SelectMany(report => report.Sentences)]))]),
        typeof(SectionModel), typeof(FigureModel), typeof(TitledTableModel));

    internal sealed record FigurePageModel(string Title, string Subtitle, IReadOnlyList<SectionModel> Sections);

    internal sealed record SectionModel(
        string Title, string Text, string Link, string LinkText, IReadOnlyList<FigureModel> Figures, IReadOnlyList<TitledTableModel> Tables,
        IReadOnlyList<string> Sentences);

    internal sealed record FigureModel(string Title, string Png);

    internal sealed record TitledTableModel(string Title, HtmlPage.TableModel Table);
}
