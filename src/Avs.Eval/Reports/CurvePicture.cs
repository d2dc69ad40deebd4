using System.Globalization;
using Avs.Core;
using OpenCvSharp;

namespace Avs.Eval.Reports;

/// <summary>One line of a plot.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="X">Where its points lie, ascending, such as training steps.</param>
/// <param name="Y">Its values; one that is not finite leaves a gap.</param>
public sealed record Curve(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>One set of axes.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="XLabel">What the horizontal axis counts; may be empty.</param>
/// <param name="Curves">The lines.</param>
/// <param name="YLow">Where the vertical axis starts; null: fitted to the values.</param>
/// <param name="YHigh">Where it ends; null: fitted.</param>
public sealed record Plot(string Title, string XLabel, IReadOnlyList<Curve> Curves, double? YLow = null, double? YHigh = null);

/// <summary>Draws plots below one another as one picture.</summary>
/// <param name="Width">Width of the picture in pixels.</param>
/// <param name="PlotHeight">Height of each plot in pixels.</param>
public sealed record CurvePicture(int Width = 960, int PlotHeight = 320)
{
    private const int Left = 76, Right = 28, Above = 58, Below = 56;

    private static readonly Rgb Paper = new(255, 255, 255);
    private static readonly Rgb Grid = new(232, 234, 238);
    private static readonly Rgb Axis = new(150, 156, 166);
    private static readonly TextPen Heading = new(11, new Rgb(28, 32, 38), 1.5);
    private static readonly TextPen Label = new(9, new Rgb(90, 98, 110), 1.05);
    private static readonly Rgb[] Palette =
        [new(31, 111, 235), new(245, 120, 20), new(26, 158, 106), new(176, 66, 196), new(210, 47, 62), new(110, 90, 70)];

    /// <summary>Draws the plots and writes them as a PNG file, whole or not at all.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="plots">From the top.</param>
    public void Write(string path, params IReadOnlyList<Plot> plots) => AtomicFile.WriteAllBytes(path, Png(plots));

    /// <summary>The plots as the bytes of a PNG file.</summary>
    /// <param name="plots">From the top.</param>
    /// <exception cref="ArgumentException">A curve has not as many values as places, or there is no plot.</exception>
    public byte[] Png(params IReadOnlyList<Plot> plots)
    {
        ArgumentNullException.ThrowIfNull(plots);
        if (plots.Count == 0) throw new ArgumentException("no plot to draw", nameof(plots));
        foreach (var curve in plots.SelectMany(p => p.Curves))
            if (curve.X.Count != curve.Y.Count)
                throw new ArgumentException($"curve '{curve.Name}' has {curve.X.Count} places and {curve.Y.Count} values", nameof(plots));

        using var page = new Mat(PlotHeight * plots.Count, Width, MatType.CV_8UC3, Paper.Scalar);
        for (var i = 0; i < plots.Count; i++)
            Draw(page, plots[i], new Rect(Left, i * PlotHeight + Above, Width - Left - Right, PlotHeight - Above - Below));
        return page.ToBytes(".png");
    }

    /// <summary>Round numbers that divide a range into about <paramref name="wanted"/> parts: steps of 1, 2 or 5 times a power of ten.</summary>
    /// <param name="low">Start of the range.</param>
    /// <param name="high">End of the range, above its start.</param>
    /// <param name="wanted">About how many parts.</param>
    public static IReadOnlyList<double> Ticks(double low, double high, int wanted)
    {
        var rough = (high - low) / wanted;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * (rough / power) switch { <= 1.0001 => 1, <= 2.0001 => 2, <= 5.0001 => 5, _ => 10 };
        var ticks = new List<double>();
        for (var k = Math.Ceiling(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.Add(k * step);
        return ticks;
    }

    private static void Draw(Mat page, Plot plot, Rect box)
    {
        var (xLow, xHigh) = Range(plot.Curves.SelectMany(c => c.X), null, null, margin: 0);
        var (yLow, yHigh) = Range(plot.Curves.SelectMany(c => c.Y), plot.YLow, plot.YHigh, margin: 0.05);
        var xs = new Scale(xLow, xHigh, box.Left, box.Right);
        var ys = new Scale(yLow, yHigh, box.Bottom, box.Top);

        Heading.Write(page, plot.Title, box.Left, box.Top - 26);
        DrawGrid(page, box, xs, ys);
        if (plot.XLabel.Length > 0) Label.Write(page, plot.XLabel, box.Right - Label.Measure(plot.XLabel), box.Bottom + 40);
        for (var i = 0; i < plot.Curves.Count; i++) DrawCurve(page, plot.Curves[i], xs, ys, Palette[i % Palette.Length]);
        DrawLegend(page, plot.Curves, box);
    }

    private static void DrawGrid(Mat page, Rect box, Scale xs, Scale ys)
    {
        var yTicks = Ticks(ys.Low, ys.High, 5);
        foreach (var tick in yTicks)
        {
            var y = (int)Math.Round(ys.At(tick));
            Cv2.Line(page, box.Left, y, box.Right, y, Grid.Scalar);
            var text = Number(tick, yTicks);
            Label.Write(page, text, box.Left - 10 - Label.Measure(text), y + 4);
        }
        var xTicks = Ticks(xs.Low, xs.High, 8);
        foreach (var tick in xTicks)
        {
            var x = (int)Math.Round(xs.At(tick));
            Cv2.Line(page, x, box.Bottom, x, box.Bottom + 5, Axis.Scalar);
            var text = Number(tick, xTicks);
            Label.Write(page, text, x - Label.Measure(text) / 2, box.Bottom + 20);
        }
        Cv2.Line(page, box.Left, box.Bottom, box.Right, box.Bottom, Axis.Scalar);
        Cv2.Line(page, box.Left, box.Top, box.Left, box.Bottom, Axis.Scalar);
    }

    private static void DrawCurve(Mat page, Curve curve, Scale xs, Scale ys, Rgb colour)
    {
        // Positions in sixteenths of a pixel, so that a slowly falling curve has no stairs.
        const int shift = 4;
        var runs = new List<List<Point>> { new() };
        for (var i = 0; i < curve.X.Count; i++)
        {
            if (double.IsFinite(curve.X[i]) && double.IsFinite(curve.Y[i]))
                runs[^1].Add(new Point(Math.Round(xs.At(curve.X[i]) * 16), Math.Round(ys.At(curve.Y[i]) * 16)));
            else if (runs[^1].Count > 0) runs.Add([]);
        }
        foreach (var run in runs.Where(run => run.Count > 0))
        {
            Cv2.Polylines(page, [run], false, colour.Scalar, run.Count > 400 ? 1 : 2, LineTypes.AntiAlias, shift);
            // Few points are measurements worth seeing one by one.
            if (curve.X.Count > 40 && run.Count > 1) continue;
            foreach (var point in run) Cv2.Circle(page, point, 3 * 16, colour.Scalar, -1, LineTypes.AntiAlias, shift);
        }
    }

    private static void DrawLegend(Mat page, IReadOnlyList<Curve> curves, Rect box)
    {
        var x = box.Right;
        for (var i = curves.Count - 1; i >= 0; i--)
        {
            x -= Label.Measure(curves[i].Name);
            Label.Write(page, curves[i].Name, x, box.Top - 26);
            Cv2.Line(page, x - 28, box.Top - 30, x - 8, box.Top - 30, Palette[i % Palette.Length].Scalar, 2, LineTypes.AntiAlias);
            x -= 48;
        }
    }

    private static (double Low, double High) Range(IEnumerable<double> values, double? low, double? high, double margin)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        var (min, max) = finite.Length == 0 ? (0.0, 1.0) : (finite.Min(), finite.Max());
        var spare = (max - min) * margin;
        var (from, to) = (low ?? min - spare, high ?? max + spare);
        return to > from ? (from, to) : (from - Math.Max(0.5, Math.Abs(from) * 0.1), from + Math.Max(0.5, Math.Abs(from) * 0.1));
    }

    private static string Number(double value, IReadOnlyList<double> all)
    {
        var step = all.Count > 1 ? all[1] - all[0] : Math.Abs(value);
        var decimals = step <= 0 ? 0 : Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 8);
        return (Math.Abs(value) < step * 1e-6 ? 0 : value).ToString("F" + decimals, CultureInfo.InvariantCulture);
    }

    private readonly record struct Scale(double Low, double High, double From, double To)
    {
        public double At(double value) => From + (Math.Clamp(value, Low, High) - Low) / (High - Low) * (To - From);
    }
}
