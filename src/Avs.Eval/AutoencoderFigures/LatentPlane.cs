using Avs.Data.Images;
using Avs.Eval.Reports;
using ScottPlot;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>Codes as points of a plane, dimensions 0 and 1.</summary>
internal static class LatentPlane
{
    public static ScottPlot.Plot Create(string title, string x = "z₀", string y = "z₁", bool square = true)
    {
        var plot = PlotLook.Create(title, x, y);
        if (square)
            plot.Axes.SquareUnits();
        return plot;
    }

    public static void Add(ScottPlot.Plot plot, IEnumerable<double[]> codes, Color colour, float size = 3)
    {
        var all = codes.ToArray();
        if (all.Length > 0)
            plot.Add.ScatterPoints(all.Select(code => code[0]).ToArray(), all.Select(code => code[1]).ToArray(), colour).MarkerSize = size;
    }

    /// <summary>Adds points in the colours of their classes.</summary>
    public static void AddByClass(ScottPlot.Plot plot, double[][] codes, ImageTensors images)
    {
        foreach (var group in Enumerable.Range(0, codes.Length).GroupBy(row => images.Labels[row]).OrderBy(group => group.Key))
            Add(plot, group.Select(row => codes[row]), ClassColours.ForClass(group.Key).ToPlot().WithAlpha(.5));
    }

    /// <summary>What the colours of classes mean.</summary>
    public static IReadOnlyList<KeyEntry> Key(ImageTensors images) =>
        [.. images.Classes.Select((name, label) => new KeyEntry(ClassColours.ForClass(label), name))];

    /// <summary>Says that there is more than the plane shows; empty where it shows all.</summary>
    public static string Note(LatentSubject subject) =>
        subject.LatentSize > 2 ? $" The codes have {subject.LatentSize} dimensions; the plane shows the first two." : "";
}
