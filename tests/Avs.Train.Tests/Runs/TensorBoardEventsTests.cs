using Avs.Train.Runs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Runs;

public sealed class TensorBoardEventsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-events-");

    public void Dispose() => folder.Delete(recursive: true);

    private TensorBoardEvents Begin(long step = 0) => new(folder.FullName, step);

    private IReadOnlyList<EventReader.Value> Values => EventReader.ReadFolder(folder.FullName);

    private string[] Files => Directory.GetFiles(folder.FullName);

    [Fact]
    public void Figures_are_read_back_with_their_steps_and_the_time_of_now()
    {
        Begin().AddFigures(10, [("total", 0.5), ("val_miou", 0.25), ("val_reconstruction/m4", double.NaN)]);

        Assert.Equal([(10, "training/total", 0.5f), (10, "validation/miou", 0.25f), (10, "validation/reconstruction/m4", float.NaN)],
            Values.Select(value => (value.Step, value.Tag, value.Scalar!.Value)));
        Assert.All(Values, value => Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - value.Time, 0, 60));
    }

    [Fact]
    public void A_picture_is_a_PNG_of_its_size()
    {
        Begin().AddPicture(3, "validation/pictures", Repository.At("docs/demo.png"));

        var value = Assert.Single(Values);
        Assert.Equal((3, "validation/pictures"), (value.Step, value.Tag));
        using var read = OpenCvSharp.Cv2.ImDecode(value.Image!, OpenCvSharp.ImreadModes.Color);
        using var whole = OpenCvSharp.Cv2.ImRead(Repository.At("docs/demo.png"));
        Assert.Equal(whole.Size(), read.Size());
    }

    [Fact]
    public void Histograms_count_the_weights_of_each_part()
    {
        using var model = nn.Sequential(("encoder", nn.Linear(30, 2)), ("norm", nn.BatchNorm1d(2)));
        using (no_grad())
            ((Linear)model.children().First()).weight.fill_(0.5);
        Begin().AddWeights(7, model);

        Assert.Equal(["weights/encoder", "weights/norm"], Values.Select(value => value.Tag));
        var (limits, counts) = Values[0].Histogram!.Value;
        Assert.Equal(62, counts.Sum());
        Assert.InRange(counts[Array.FindIndex(limits, limit => limit > 0.5)], 60, 62);
    }

    [Fact]
    public void Weights_that_are_not_finite_have_no_histogram()
    {
        using var model = nn.Sequential(("only", nn.Linear(1, 1)));
        using (no_grad())
            ((Linear)model.children().First()).weight.fill_(float.NaN);
        Begin().AddWeights(7, model);

        Assert.Empty(Files);
    }

    [Fact]
    public void A_continued_run_has_each_step_once_in_a_second_file()
    {
        var first = Begin();
        foreach (var step in new[] { 10L, 20, 30 })
            first.AddFigures(step, [("total", step)]);
        var second = Begin(20);
        foreach (var step in new[] { 30L, 40 })
            second.AddFigures(step, [("total", step + 1)]);

        Assert.Equal(2, Files.Length);
        Assert.Equal([(10, 10f), (20, 20f), (30, 31f), (40, 41f)], Values.Select(value => (value.Step, value.Scalar!.Value)));
    }

    [Fact]
    public void What_a_killed_process_had_half_written_is_cut_off()
    {
        Begin().AddFigures(10, [("total", 1), ("grad_norm", 2)]);
        var file = Assert.Single(Files);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^5]);
        Assert.ThrowsAny<Exception>(() => Values);

        Begin(10);

        Assert.Equal("training/total", Assert.Single(Values).Tag);
    }

    [Fact]
    public void A_run_that_goes_on_from_its_beginning_leaves_no_file_of_before()
    {
        Begin().AddFigures(10, [("total", 1)]);
        Begin(5);

        Assert.Empty(Files);
    }
}
