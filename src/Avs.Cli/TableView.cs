using Spectre.Console;
using Table = Avs.Eval.Reports.Table;

namespace Avs.Cli;

/// <summary>A report's table on the terminal.</summary>
internal static class TableView
{
    public static Spectre.Console.Table Create(Table table)
    {
        var shown = new Spectre.Console.Table().Border(TableBorder.Simple);
        foreach (var (heading, right) in table.Columns.Zip(table.RightAligned))
            shown.AddColumn(new TableColumn(Markup.Escape(heading)) { Alignment = right ? Justify.Right : Justify.Left, NoWrap = true });
        foreach (var row in table.Rows)
            shown.AddRow([.. row.Select(Markup.Escape)]);
        return shown;
    }
}
