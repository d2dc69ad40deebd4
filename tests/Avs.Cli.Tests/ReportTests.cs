using Avs.Data.Tests.AvsBench;
using Avs.Train.Segmentation;

namespace Avs.Cli.Tests;

/// <summary>`avs report` and `avs gallery` of a run whose weights are random.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly TinyBench bench = TinyBench.S4();

    public ReportTests()
    {
        var experiment = SegmentationExperiment.Load(Repository.At("experiments/smoke.yaml"), [$"data.root={bench.Root}"]);
        foreach (var name in new[] { "one", "two" })
        {
            folder.Segmenter($"{name}/best.safetensors", experiment);
            File.WriteAllText(folder.At($"{name}/config.yaml"), experiment.ToYaml());
            File.WriteAllText(folder.At($"{name}/metrics.csv"), "step,total,val_miou\n10,3,\n20,2,0.25\n");
        }
    }

    public void Dispose()
    {
        folder.Dispose();
        bench.Dispose();
    }

    [Fact]
    public void A_run_is_measured_once_and_its_report_replaced()
    {
        var first = Typed.Line("report", folder.At("one"));
        Assert.True(first.Code == 0, first.Error);
        Assert.Equal($"wrote {folder.At("one/report.html")}\n", first.Out);
        Assert.Contains($"the evaluation is kept in {folder.At("one/evaluation-test")}", first.Error);
        Assert.True(File.Exists(folder.At("one/evaluation-test/metrics.json")));
        var page = File.ReadAllText(folder.At("one/report.html"));
        Assert.Contains("data:audio/wav;base64,", page);
        Assert.Contains("data:image/svg+xml;base64,", page);

        var second = Typed.Line("report", folder.At("one"));
        Assert.True(second.Code == 0, second.Error);
        Assert.DoesNotContain("kept", second.Error);
        Assert.Equal(page, File.ReadAllText(folder.At("one/report.html")));
    }

    [Fact]
    public void A_kept_evaluation_that_is_older_than_the_checkpoint_is_not_used()
    {
        Assert.Equal(0, Typed.Line("report", folder.At("one"), "--show", "0").Code);
        File.SetLastWriteTimeUtc(folder.At("one/best.safetensors"), DateTime.UtcNow.AddMinutes(1));

        var typed = Typed.Line("report", folder.At("one"), "--show", "0");

        Assert.Equal(0, typed.Code);
        Assert.Contains("is older than the checkpoint, so the run is measured anew", typed.Error);
    }

    [Fact]
    public void Scores_of_another_run_are_refused_and_those_of_one_that_was_moved_are_taken_with_a_word()
    {
        folder.Segmenter("two/best.safetensors", SegmentationExperiment.Load(
            Repository.At("experiments/smoke.yaml"), [$"data.root={bench.Root}", "seed=9"]));
        Assert.Equal(0, Typed.Line("eval", folder.At("two"), "--bootstrap", "0", "--out", folder.At("scores")).Code);
        Typed Report(string run) => Typed.Line("report", folder.At(run), "--scores", folder.At("scores"), "--show", "0");

        var refused = Report("one");
        var sentence = $"the evaluation {folder.At("scores")} is of {folder.At("two/best.safetensors")}, and not of "
            + folder.At("one/best.safetensors");
        Assert.Equal((2, sentence), (refused.Code, refused.Sentence));
        Assert.Equal(0, Report("two").Code);
        Directory.Move(folder.At("two"), folder.At("moved"));
        var moved = Report("moved");
        Assert.True(moved.Code == 0, moved.Error);
        Assert.Contains("which is not there any more; it is taken as that of", moved.Error);
    }

    [Fact]
    public void Two_runs_stand_side_by_side()
    {
        var typed = Typed.Line("report", folder.At("one"), folder.At("two"), "--out", folder.At("new/both.html"));

        Assert.True(typed.Code == 0, typed.Error);
        Assert.Contains("<h1>smoke/one beside smoke/two</h1>", File.ReadAllText(folder.At("new/both.html")));
    }

    [Fact]
    public void Another_file_stays_as_it_is()
    {
        File.WriteAllText(folder.At("diary.html"), "dear diary");
        var typed = Typed.Line("report", folder.At("one"), "--out", folder.At("diary.html"));

        Assert.Equal(
            (2, $"'{folder.At("diary.html")}' is there already and is no report of this verb, so it stays; name another file with --out"),
            (typed.Code, typed.Sentence));
        Assert.Equal("dear diary", File.ReadAllText(folder.At("diary.html")));
    }

    [Theory]
    [InlineData("report @one --show 6", "--show: found 6, expected at most 5, or the page grows beyond 15 MB")]
    [InlineData("report @one --scores a --scores b", "--scores: found 2 folders for 1 runs, expected one for each, in their order")]
    [InlineData("report @one --scores a --clips 3", "--clips says how many clips to measure, and with --scores nothing is measured")]
    [InlineData("report @one --out @one", "--out: '@one' is a folder, expected a file such as @one/report.html")]
    [InlineData("report nowhere", "there is no run or checkpoint 'nowhere'")]
    [InlineData("report", "RUN is missing; see 'avs report --help'")]
    [InlineData("gallery @one", "--out is missing: the figure to write, .pdf or .png")]
    [InlineData("gallery @one --out x.tiff", "--out: found 'x.tiff', expected a file .pdf or .png")]
    [InlineData("gallery @one --out @x.pdf --clips five", "--clips: S4 test has no clip 'five', expected names such as 'four'")]
    [InlineData("gallery @one --out @x.pdf --clips four --frames 6",
        "--frames: found 6, but the clips of S4 test have 5 frames, counted from 1")]
    [InlineData("gallery @one --out @x.pdf --frames 0", "--frames: found '0', expected numbers from 1 on with commas between")]
    [InlineData("gallery @one --out @x.pdf --names a,b", "--names: found 2 names for 1 runs, expected one for each")]
    [InlineData("gallery @one --out @x.pdf --width 5",
        "--width: found '5', expected a length from 1in to 40in such as 6.875in, 17.4cm, 84mm or 240pt")]
    public void A_mistake_is_one_sentence(string line, string sentence)
    {
        var typed = Typed.Line([.. line.Split(' ').Select(word => word.Replace("@", folder.At("") + "/"))]);

        Assert.Equal((2, sentence.Replace("@", folder.At("") + "/")), (typed.Code, typed.Sentence));
    }

    [Fact]
    public void A_gallery_is_drawn_of_named_clips_and_never_overwritten()
    {
        string[] line = ["gallery", folder.At("one"), folder.At("two"), "--clips", "four", "--frames", "1,5", "--names", "a,b", "--out"];

        foreach (var file in new[] { folder.At("figure.pdf"), folder.At("figure.png") })
        {
            var typed = Typed.Line([.. line, file]);
            Assert.True(typed.Code == 0, typed.Error);
            Assert.True(new FileInfo(file).Length > 1000);
            Assert.Equal(2, Typed.Line([.. line, file]).Code);
        }
        Assert.False(Directory.Exists(folder.At("one/evaluation-test"))); // nothing had to be measured
    }
}
