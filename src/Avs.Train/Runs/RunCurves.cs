using Avs.Core;
using Avs.Eval.Reports;

namespace Avs.Train.Runs;

/// <summary>Columns of a run's metrics that are drawn into one diagram; those that the run does not have are left out.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="Least">The lower end of the axis; null: as the values need.</param>
/// <param name="Most">The upper end.</param>
public sealed record RunPlot(string Title, IReadOnlyList<string> Columns, double? Least = null, double? Most = null);

/// <summary>Draws the curves of a run from its metrics.</summary>
public static class RunCurves
{
    /// <summary>Writes `curves.png`.</summary>
    public static void Write(RunFolder run, IReadOnlyList<RunPlot> plots)
    {
        if (!File.Exists(run.MetricsPath))
            return;
        List<Plot> drawn = [];
        foreach (var plot in plots)
        {
            Curve[] curves = [.. Curves(run, plot.Columns)];
            if (curves.Length > 0)
                drawn.Add(new Plot(plot.Title, "step", curves, plot.Least, plot.Most));
        }
        if (drawn.Count > 0)
            new CurvePicture().Write(run.CurvesPath, drawn);
    }

    /// <summary>
    /// Writes a picture of a run, or says why not: what needs no OpenCV can be trained without, and a picture fewer is no reason to fail.
    /// </summary>
    public static void WritePicture(string path, Action write, Action<string> log)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            log($"{Path.GetFileName(path)} is not drawn: {MissingLibrary.Explain(e) ?? e.Message}");
        }
    }

    private static IEnumerable<Curve> Curves(RunFolder run, IReadOnlyList<string> columns)
    {
        foreach (var column in columns)
        {
            var points = MetricsFile.Read(run.MetricsPath, column);
            if (points.Count > 0)
                yield return new Curve(column, [.. points.Select(point => point.Step)], [.. points.Select(point => point.Value)]);
        }
    }
}
