using Avs.Eval.Reports;

namespace Avs.Cli;

/// <summary>Writes the pictures of a report into a folder, and prints its numbers and where the pictures are.</summary>
internal static class FigureView
{
    public static void Show(Terminal terminal, FigureReport report, string folder)
    {
        foreach (var (title, table) in report.Tables)
        {
            terminal.Out.WriteLine(title);
            terminal.Screen.Write(TableView.Create(table));
        }
        foreach (var sentence in report.Sentences)
            terminal.Out.WriteLine(sentence);
        foreach (var path in report.Figures.SelectMany(figure => figure.Write(folder)))
            terminal.Out.WriteLine($"wrote {path}");
    }
}
