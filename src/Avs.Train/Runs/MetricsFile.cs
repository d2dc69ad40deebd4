using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Avs.Core;

namespace Avs.Train.Runs;

/// <summary>
/// `metrics.csv`: a header, then one line of figures for each logged step. Figures a line does not have stay empty. Beside it
/// `metrics.jsonl` holds the same lines as JSON objects, unrounded.
/// </summary>
public sealed class MetricsFile
{
    private readonly string path, jsonPath;
    private string[] columns;

    /// <summary>Begins the files, or continues them.</summary>
    /// <param name="path">The CSV file; the other has its name.</param>
    /// <param name="keepUpToStep">Lines of later steps are dropped: they belong to a run that was cut off after its last save.</param>
    public MetricsFile(string path, long keepUpToStep = 0)
    {
        (this.path, jsonPath, columns) = (path, Path.ChangeExtension(path, ".jsonl"), []);
        if (ReadWholeLines(jsonPath) is { Length: > 0 } objects)
            WriteLines(jsonPath, objects.Where(line => (long)JsonNode.Parse(line)!["step"]! <= keepUpToStep));
        if (ReadWholeLines(path) is not { Length: > 0 } lines)
            return;
        columns = lines[0].Split(',');
        var kept = lines.Skip(1).Where(line => long.TryParse(line.Split(',')[0], out var step) && step <= keepUpToStep);
        WriteLines(path, kept.Prepend(lines[0]));
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
            WriteLines(path, [string.Join(',', columns)]);
        }
        else if (fresh.Length > 0)
        {
            columns = [.. columns, .. fresh];
            var blanks = new string(',', fresh.Length);
            var lines = File.ReadAllLines(path).Skip(1).Select(line => line + blanks);
            WriteLines(path, lines.Prepend(string.Join(',', columns)));
        }
        var values = figures.ToDictionary(figure => figure.Name, figure => figure.Value.ToString("G6", CultureInfo.InvariantCulture));
        values["step"] = step.ToString(CultureInfo.InvariantCulture);
        File.AppendAllText(path, string.Join(',', columns.Select(column => values.GetValueOrDefault(column, ""))) + "\n");
        File.AppendAllText(jsonPath, ToJson(step, figures) + "\n");
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

    // JSON has no NaN and no infinities.
    private static string ToJson(long step, IReadOnlyList<(string Name, double Value)> figures)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step);
            foreach (var (name, value) in figures)
            {
                if (double.IsFinite(value))
                    json.WriteNumber(name, value);
                else
                    json.WriteNull(name);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    // A line without an end is what a process was writing when it was killed.
    private static string[] ReadWholeLines(string path) => File.Exists(path) ? File.ReadAllText(path).Split('\n')[..^1] : [];

    private static void WriteLines(string path, IEnumerable<string> lines) =>
        AtomicFile.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
}
