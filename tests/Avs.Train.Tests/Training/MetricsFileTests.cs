using Avs.Train.Runs;

namespace Avs.Train.Tests.Training;

public sealed class MetricsFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-metrics-");
    private readonly string path, jsonPath;

    public MetricsFileTests() => (path, jsonPath) =
        (Path.Combine(folder.FullName, "metrics.csv"), Path.Combine(folder.FullName, "metrics.jsonl"));

    public void Dispose() => folder.Delete(recursive: true);

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

    [Fact]
    public void The_same_lines_are_JSON_objects_unrounded()
    {
        new MetricsFile(path).Append(10, [("loss", 1 / 3.0), ("rate", double.NaN)]);

        Assert.Equal(["{\"step\":10,\"loss\":0.3333333333333333,\"rate\":null}"], File.ReadAllLines(jsonPath));
    }

    [Fact]
    public void A_continued_run_drops_the_same_objects()
    {
        var metrics = new MetricsFile(path);
        foreach (var step in new[] { 10, 20, 30 })
            metrics.Append(step, [("loss", step)]);
        new MetricsFile(path, keepUpToStep: 20).Append(25, [("loss", 1)]);

        Assert.Equal(["{\"step\":10,\"loss\":10}", "{\"step\":20,\"loss\":20}", "{\"step\":25,\"loss\":1}"],
            File.ReadAllLines(jsonPath));
    }

    // "12" is what there is of the line of step 120.
    [Fact]
    public void A_line_that_a_killed_process_had_half_written_is_dropped()
    {
        new MetricsFile(path).Append(10, [("loss", 0.5)]);
        File.AppendAllText(path, "12");
        File.AppendAllText(jsonPath, "{\"step\":12");
        new MetricsFile(path, keepUpToStep: 100).Append(20, [("loss", 0.25)]);

        Assert.Equal(["step,loss", "10,0.5", "20,0.25"], File.ReadAllLines(path));
        Assert.Equal(["{\"step\":10,\"loss\":0.5}", "{\"step\":20,\"loss\":0.25}"], File.ReadAllLines(jsonPath));
    }
}
