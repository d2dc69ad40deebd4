using Avs.Eval.Reports;
using OpenCvSharp;
using TorchSharp;

namespace Avs.Eval.Tests.Reports;

/// <summary>What holds of every report of figures.</summary>
internal static class DrawnReport
{
    /// <summary>Its figures are pictures of sensible sizes, each with a name of its own, and no tensor is left of them.</summary>
    public static void AssertWhole(Func<FigureReport> draw)
    {
        GC.Collect(); // what other tests have left is not counted
        GC.WaitForPendingFinalizers();
        var before = torch.Tensor.TotalCount;
        var report = draw();
        Assert.Equal(before, torch.Tensor.TotalCount);

        Assert.NotEmpty(report.Figures);
        foreach (var figure in report.Figures)
        {
            using var png = Cv2.ImDecode(figure.Png, ImreadModes.Color);
            Assert.InRange(png.Cols, 300, 4000);
            Assert.InRange(png.Rows, 100, 4000);
        }
        Assert.Equal(report.Figures.Count, report.Figures.Select(figure => figure.Name).Distinct().Count());
    }
}
