using System.Globalization;
using Avs.Core;

namespace Avs.Train.Runs;

/// <summary>`metrics.csv`: a header, then one line of figures for each logged step. Figures a line does not have stay empty.</summary>
public sealed class MetricsFile
{
    private readonly string path;
    private string[] columns;

    /// <summary>Begins the file, or continues it.</summary>
    /// <param name="keepUpToStep">Lines of later steps are dropped: they belong to a run that was cut off after its last save.</param>
    public MetricsFile(string path, long keepUpToStep = 0)
    {
        this.path = path;
        columns = [];
        if (!File.Exists(path))
            return;
        var lines = File.ReadAllLines(path);
        if (lines.Length == 0)
            return;
        columns = lines[0].Split(',');
        var kept = lines.Skip(1).Where(line => long.TryParse(line.Split(',')[0], out var step) && step <= keepUpToStep);
        AtomicFile.WriteAllText(path, string.Concat(kept.Prepend(lines[0]).Select(line => line + "\n")));
    }

    /// <summary>Appends a line. The first line's names are the columns; names that come later get a column at the end.</summary>
    /// <param name="step">The step, always the first column.</param>
    /// <param name="figures">Names and values.</param>
    public void Append(long step, IReadOnlyList<(string Name, double Value)> figures)
    {
        var fresh = figures.Select(figure => figure.Name).Except(columns).ToArray();
        if (columns.Length == 0)
        {
            columns = ["step", .. fresh];
            File.WriteAllText(path, string.Join(',', columns) + "\n");
        }
        else if (fresh.Length > 0)
        {
            columns = [.. columns, .. fresh];
            var blanks = new string(',', fresh.Length);
            var lines = File.ReadAllLines(path).Skip(1).Select(line => line + blanks);
            AtomicFile.WriteAllText(path, string.Concat(lines.Prepend(string.Join(',', columns)).Select(line => line + "\n")));
        }
        var values = figures.ToDictionary(figure => figure.Name, figure => figure.Value.ToString("G6", CultureInfo.InvariantCulture));
        values["step"] = step.ToString(CultureInfo.InvariantCulture);
        File.AppendAllText(path, string.Join(',', columns.Select(column => values.GetValueOrDefault(column, ""))) + "\n");
    }

    /// <summary>The last value of each column that has one, but for the step.</summary>
    /// <param name="path">A file of this kind.</param>
    public static IReadOnlyList<(string Name, double Value)> ReadLast(string path)
    {
        var lines = File.ReadAllLines(path);
        if (lines.Length == 0)
            return [];
        var rows = lines.Skip(1).Select(line => line.Split(',')).Reverse().ToArray();
        return [.. from column in lines[0].Split(',').Index().Skip(1)
                   let cells = rows.FirstOrDefault(row => row.Length > column.Index && row[column.Index].Length > 0)
                   where cells is not null
                   select (column.Item, double.Parse(cells[column.Index], CultureInfo.InvariantCulture))];
    }

    /// <summary>The values of a column with their steps, empty cells left out.</summary>
    /// <param name="path">A file of this kind.</param>
    public static IReadOnlyList<(double Step, double Value)> Read(string path, string column)
    {
        var lines = File.ReadAllLines(path);
        var at = Array.IndexOf(lines[0].Split(','), column);
        return at < 0 ? [] : [.. lines.Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length > at && cells[at].Length > 0)
            .Select(cells =>
                (double.Parse(cells[0], CultureInfo.InvariantCulture), double.Parse(cells[at], CultureInfo.InvariantCulture)))];
    }
}
