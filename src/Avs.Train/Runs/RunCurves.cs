using Avs.Eval.Reports;

namespace Avs.Train.Runs;

/// <summary>Draws the curves of a run from its metrics.</summary>
public static class RunCurves
{
    /// <summary>Writes `curves.png`: the loss, and the validation scores where there are any.</summary>
    /// <param name="run">The run.</param>
    public static void Write(RunFolder run)
    {
        if (!File.Exists(run.MetricsPath))
            return;
        Curve[] losses = [.. Curves(run, "total", "seg_prior", "seg_post")];
        Curve[] scores = [.. Curves(run, "val_miou", "val_f_score")];
        List<Plot> plots = [];
        if (losses.Length > 0)
            plots.Add(new Plot("loss", "step", losses));
        if (scores.Length > 0)
            plots.Add(new Plot("validation", "step", scores, 0, 1));
        if (plots.Count > 0)
            new CurvePicture().Write(run.CurvesPath, plots);
    }

    private static IEnumerable<Curve> Curves(RunFolder run, params IReadOnlyList<string> columns)
    {
        foreach (var column in columns)
        {
            var points = MetricsFile.Read(run.MetricsPath, column);
            if (points.Count > 0)
                yield return new Curve(column, [.. points.Select(point => point.Step)], [.. points.Select(point => point.Value)]);
        }
    }
}
