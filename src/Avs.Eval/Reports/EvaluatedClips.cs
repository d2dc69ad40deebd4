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
        var read = MetricsJson.Read(metrics);
        return new EvaluatedClips(folder, read.Data.Name, ReadTable(table))
        {
            HasClasses = read.Conditions.Values.Any(condition => condition.Classes is not null),
        };
    }

    private static Dictionary<string, IReadOnlyList<ComparedClip>> ReadTable(string path)
    {
        var table = CsvTable.Read(path);
        int condition = table.Require("condition"), clip = table.Require("clip"), frames = table.Require("frames"),
            iou = table.Require("iou"), f = table.Require("f_score"), target = table.Require("target"),
            active = table.Require("active"), both = table.Require("both");
        return table.Rows
            .GroupBy(row => row.Fields[condition], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, IReadOnlyList<ComparedClip> (group) =>
            [
                .. group.Select(row => new ComparedClip(
                    row.Fields[clip], table.Number<int>(row, frames), table.Number<double>(row, iou), table.OptionalNumber<double>(row, f),
                    table.Number<long>(row, target), table.Number<long>(row, active), table.Number<long>(row, both))),
            ]);
    }
}
