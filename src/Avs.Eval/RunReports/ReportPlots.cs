using System.Text;
using System.Text.RegularExpressions;
using Avs.Eval.Reports;
using ScottPlot;

namespace Avs.Eval.RunReports;

/// <summary>The curves of runs as small plots that follow the reader's light or dark colours.</summary>
internal static partial class ReportPlots
{
    private const int Width = 480, Height = 250, MostPointsMarked = 40;

    // Left, right, below, above: the same in every plot, so that they line up.
    private static readonly PixelPadding Room = new(62, 16, 50, 12);

    // Each colour of a plot and what it becomes on a dark page.
    private static readonly (Color Light, string Dark)[] Darker =
    [
        (PlotLook.Text, "#eceef1"), (PlotLook.Faint, "#a6aeba"), (PlotLook.Grid, "#2c313a"), (PlotLook.Axis, "#6b7380"),
        .. PlotLook.Palette.Zip((string[])["#6ba6ff", "#ff9a4d", "#3ccb90", "#d68ae6", "#f4727d", "#c2a88f"]),
    ];

    /// <summary>A plot of one figure of each run, or of several figures of one run, over the steps of training.</summary>
    /// <param name="title">What is drawn.</param>
    /// <param name="curves">In the order of the legend, which the page writes.</param>
    /// <param name="low">Where the vertical axis starts; null: fitted.</param>
    public static PlotModel OverSteps(string title, IReadOnlyList<Curve> curves, double? low = null, double? high = null) => Draw(
        title, "step", curves, low, high, $"{title} over the steps of training: "
            + string.Join(", ", curves.Where(curve => curve.Y.Count > 0).Select(curve => $"{curve.Name} ends at {Short(curve.Y[^1])}")));

    /// <summary>A plot of scores over another score or a threshold: both axes go from 0 to 1.</summary>
    /// <param name="described">The plot in words.</param>
    public static PlotModel OverShares(string title, string xLabel, IReadOnlyList<Curve> curves, string described) =>
        Draw(title, xLabel, curves, 0, 1, described, (0, 1));

    private static PlotModel Draw(
        string title, string xLabel, IReadOnlyList<Curve> curves, double? low, double? high, string described,
        (double From, double To)? across = null)
    {
        using var plot = PlotLook.Create("", xLabel);
        for (var i = curves.Count - 1; i >= 0; i--) // the first lies on top
        {
            var curve = curves[i];
            if (curve.X.Count == 0)
                continue;
            double[] places = [.. curve.X], values = [.. curve.Y.Select(value => double.IsFinite(value) ? value : double.NaN)];
            var line = plot.Add.Scatter(places, values);
            (line.Color, line.LineWidth) = (PlotLook.Palette[i % PlotLook.Palette.Count], 2);
            line.MarkerSize = curve.X.Count <= MostPointsMarked ? 7 : 0;
        }
        plot.Axes.Margins(horizontal: 0.02, vertical: 0.06);
        plot.Axes.AutoScale();
        var fitted = plot.Axes.GetLimits();
        plot.Axes.SetLimitsY(low ?? fitted.Bottom, high ?? fitted.Top);
        if (across is var (from, to))
            plot.Axes.SetLimitsX(from, to);
        foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
            axis.TickLabelStyle.FontSize = axis.Label.FontSize = 13;
        plot.Layout.Fixed(Room);
        (plot.FigureBackground.Color, plot.DataBackground.Color) = (Colors.Transparent, Colors.Transparent);
        return new PlotModel(
            title, $"{described}.", Convert.ToBase64String(Encoding.UTF8.GetBytes(FollowTheme(plot))),
            curves.Count < 2
                ? []
                : [.. curves.Select((curve, i) => new LegendModel(curve.Name.Replace('_', ' '), i % PlotLook.Palette.Count))]);
    }

    // A picture that is embedded as an image sees whether its page is dark, but not the page's colours. Verdana is as wide as DejaVu Sans.
    private static string FollowTheme(ScottPlot.Plot plot)
    {
        var svg = plot.GetSvgXml(Width, Height).Replace(
            $"font-family=\"{PictureFont.Family}\"", $"font-family=\"{PictureFont.Family}, Verdana, sans-serif\"",
            StringComparison.Ordinal);
        var rules = new StringBuilder("<style>@media (prefers-color-scheme: dark) {");
        foreach (var (light, dark) in Darker)
        {
            var name = $"#{light.R:X2}{light.G:X2}{light.B:X2}";
            rules.Append($"[fill=\"{name}\" i]{{fill:{dark}}}[stroke=\"{name}\" i]{{stroke:{dark}}}");
        }
        var body = svg.IndexOf('>', svg.IndexOf("<svg", StringComparison.Ordinal)) + 1;
        return Renumbered(svg).Insert(body, rules.Append("}</style>").ToString());
    }

    // Skia counts its clips over the whole process; by their order in the picture, the same plot is the same file.
    private static string Renumbered(string svg)
    {
        var names = new Dictionary<string, string>();
        return ClipName().Replace(svg, match =>
        {
            if (!names.TryGetValue(match.Value, out var name))
                names[match.Value] = name = $"clip{names.Count + 1}";
            return name;
        });
    }

    [GeneratedRegex("cl_[0-9a-f]+")]
    private static partial Regex ClipName();

    private static string Short(double value) => value.ToString("G3", System.Globalization.CultureInfo.InvariantCulture);
}
