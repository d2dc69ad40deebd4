using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;

namespace Avs.Eval.Reports;

/// <summary>The clips of an evaluation as `avs eval --out` wrote them.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Dataset">The data set's name.</param>
/// <param name="ByCondition">The clips of each condition, by its name, in file order.</param>
public sealed record EvaluatedClips(string Folder, string Dataset, IReadOnlyDictionary<string, IReadOnlyList<ComparedClip>> ByCondition)
{
    /// <summary>Whether there are classes (AVSS), so that the scores of clips are of their foreground.</summary>
    public bool HasClasses { get; private init; }

    /// <summary>Reads a folder.</summary>
    /// <exception cref="DataException">It is not there, not one of those folders, or damaged.</exception>
    public static EvaluatedClips Read(string folder)
    {
        var (metrics, table) = (Path.Combine(folder, EvaluationFolder.MetricsFile), Path.Combine(folder, EvaluationFolder.ClipsFile));
        if (!File.Exists(metrics) || !File.Exists(table))
            throw new DataException($"'{folder}' holds no {EvaluationFolder.MetricsFile} and {EvaluationFolder.ClipsFile}, expected a "
                + "folder that 'avs eval --out' made");
        var read = ReadMetrics(metrics);
        return new EvaluatedClips(folder, read.Data.Name, ReadTable(table))
        {
            HasClasses = read.Conditions?.Values.Any(condition => condition.Classes is not null) == true,
        };
    }

    private static MetricsJson ReadMetrics(string path)
    {
        try
        {
            var metrics = JsonSerializer.Deserialize(File.ReadAllText(path), MetricsJsonContext.Default.MetricsJson);
            if (metrics?.Schema != MetricsJson.SchemaName)
                throw new DataException($"{path}: found the schema '{metrics?.Schema}', expected {MetricsJson.SchemaName}");
            return metrics.Version <= MetricsJson.CurrentVersion
                ? metrics
                : throw new DataException($"{path}: found version {metrics.Version}, expected at most {MetricsJson.CurrentVersion}: it was "
                    + "written by a newer program");
        }
        catch (JsonException e)
        {
            throw new DataException($"{path} is no metrics.json: {e.Message}", e);
        }
    }

    private static Dictionary<string, IReadOnlyList<ComparedClip>> ReadTable(string path)
    {
        var table = CsvTable.Read(path);
        int Column(string name) => table.Column(name) is >= 0 and var place
            ? place
            : throw new DataException($"{path} has no column '{name}', expected the table that 'avs eval --out' writes");
        int condition = Column("condition"), clip = Column("clip"), frames = Column("frames"), iou = Column("iou"), f = Column("f_score"),
            target = Column("target"), active = Column("active"), both = Column("both");
        T Number<T>(CsvLine row, int place) where T : struct, INumber<T> =>
            place < row.Fields.Count && T.TryParse(row.Fields[place], CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new DataException($"{path} line {row.Number}: found '{row.Fields.ElementAtOrDefault(place)}' in the column "
                    + $"'{table.Header[place]}', expected a number");
        return table.Rows
            .GroupBy(row => row.Fields[condition], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, IReadOnlyList<ComparedClip> (group) =>
            [
                .. group.Select(row => new ComparedClip(
                    row.Fields[clip], Number<int>(row, frames), Number<double>(row, iou),
                    row.Fields.ElementAtOrDefault(f) is { Length: > 0 } ? Number<double>(row, f) : null,
                    Number<long>(row, target), Number<long>(row, active), Number<long>(row, both))),
            ]);
    }
}
