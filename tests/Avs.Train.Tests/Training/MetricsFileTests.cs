using Avs.Train.Runs;

namespace Avs.Train.Tests.Training;

public sealed class MetricsFileTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public MetricsFileTests() => File.Delete(path);

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_line_holds_the_figures_under_their_names()
    {
        new MetricsFile(path).Append(10, [("loss", 0.5), ("rate", 1e-4)]);

        Assert.Equal(["step,loss,rate", "10,0.5,0.0001"], File.ReadAllLines(path));
    }

    [Fact]
    public void A_figure_that_comes_later_gets_its_own_column()
    {
        var metrics = new MetricsFile(path);
        metrics.Append(10, [("loss", 0.5)]);
        metrics.Append(20, [("val_miou", 0.25)]);

        Assert.Equal(["step,loss,val_miou", "10,0.5,", "20,,0.25"], File.ReadAllLines(path));
    }

    [Fact]
    public void A_continued_run_drops_the_lines_after_its_last_save()
    {
        var metrics = new MetricsFile(path);
        foreach (var step in new[] { 10, 20, 30 })
            metrics.Append(step, [("loss", step)]);
        new MetricsFile(path, keepUpToStep: 20).Append(25, [("loss", 1)]);

        Assert.Equal(["step,loss", "10,10", "20,20", "25,1"], File.ReadAllLines(path));
    }

    [Fact]
    public void A_column_is_read_back_without_its_empty_cells()
    {
        var metrics = new MetricsFile(path);
        metrics.Append(10, [("loss", 0.5)]);
        metrics.Append(20, [("val_miou", 0.25)]);

        Assert.Equal([(20, 0.25)], MetricsFile.Read(path, "val_miou"));
        Assert.Empty(MetricsFile.Read(path, "unknown"));
    }

    [Fact]
    public void The_last_value_of_each_column_is_read_back()
    {
        var metrics = new MetricsFile(path);
        metrics.Append(10, [("loss", 0.5), ("rate", double.NaN)]);
        metrics.Append(10, [("val_miou", 0.25)]);
        metrics.Append(20, [("loss", 0.125)]);

        Assert.Equal([("loss", 0.125), ("rate", double.NaN), ("val_miou", 0.25)], MetricsFile.ReadLast(path));
    }
}
