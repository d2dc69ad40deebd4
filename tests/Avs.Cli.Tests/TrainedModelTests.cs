using System.Text.Json;
using Avs.Data.Tests.AvsBench;
using Avs.Train.Segmentation;

namespace Avs.Cli.Tests;

/// <summary>The verbs that take a trained model, with one whose weights are random.</summary>
public sealed class TrainedModelTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public TrainedModelTests() => folder.Segmenter();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Predict_makes_a_mask_for_each_second_of_a_video()
    {
        FFmpeg.Run("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2", "-f", "lavfi", "-t", "2", "-i", "sine=440",
            "-c:v", "ffv1", folder.At("film.mkv"));

        var typed = Typed.Line("predict", folder.At("random.safetensors"), folder.At("film.mkv"), "--out", folder.At("out"), "--json");

        Assert.Equal(0, typed.Code);
        var masks = JsonDocument.Parse(typed.Out).RootElement.GetProperty("masks");
        Assert.Equal(2, masks.GetArrayLength());
        Assert.All(masks.EnumerateArray(), mask => Assert.True(File.Exists(folder.At($"out/{mask.GetProperty("file").GetString()}"))));
    }

    private Typed Eval(params string[] more)
    {
        using var bench = TinyBench.S4();
        return Typed.Line(["eval", folder.At("random.safetensors"), "--data", bench.Root, "--overlays", folder.At("overlays"), .. more]);
    }

    [Fact]
    public void Eval_draws_no_codes_of_a_model_that_has_none_and_a_run_without_validation_names_what_was_saved()
    {
        var config = SegmentationExperiment.Parse("model: {name: tpavi_small}");
        folder.Segmenter("run/last.safetensors", config);
        File.WriteAllText(folder.At("run/config.yaml"), config.ToYaml());
        var last = folder.At("run/last.safetensors");

        Assert.Equal("--latent, --samples: tpavi_small has no latent codes, so there is nothing to draw",
            Typed.Line("eval", last, "--samples", "3").Sentence);
        Assert.Equal($"the run '{folder.At("run")}' has no best.safetensors: it has not been validated yet; {last} is what was saved last",
            Typed.Line("eval", folder.At("run")).Sentence);
    }

    [Fact]
    public void Eval_scores_a_split_and_writes_overlays()
    {
        var typed = Eval("--json");

        Assert.Equal(0, typed.Code);
        Assert.Equal(1, JsonDocument.Parse(typed.Out).RootElement.GetProperty("data").GetProperty("clips").GetInt32());
        Assert.Equal(5, Directory.GetFiles(folder.At("overlays"), "*.png").Length);
    }

    [Fact]
    public void Eval_under_several_sounds_makes_a_folder_that_is_not_overwritten()
    {
        var typed = Eval("--audio", "muted,real", "--masks", "--out", folder.At("scores"), "--clips-per-call", "2", "--bootstrap", "20");

        Assert.True(typed.Code == 0, typed.Error);
        Assert.Contains("avsbench, calls of 2 clips", typed.Out);
        Assert.Contains("G-mIoU", typed.Out);
        var metrics = JsonDocument.Parse(File.ReadAllText(folder.At("scores/metrics.json"))).RootElement;
        Assert.Equal(["real", "muted"], metrics.GetProperty("conditions").EnumerateObject().Select(condition => condition.Name));
        Assert.Equal(5, Directory.GetFiles(folder.At("scores/masks/muted"), "*.png", SearchOption.AllDirectories).Length);
        Assert.Equal(5, Directory.GetFiles(folder.At("overlays/real"), "*.png").Length);
        Assert.Equal(1 + 2, File.ReadAllLines(folder.At("scores/clips.csv")).Length);

        var again = Eval("--out", folder.At("scores"));
        Assert.Equal(2, again.Code);
        Assert.Equal($"'{folder.At("scores")}' is there already, and no evaluation is overwritten; name a new folder", again.Sentence);
    }

    [Fact]
    public void Two_evaluations_are_compared_clip_by_clip()
    {
        Assert.Equal(0, Eval("--out", folder.At("one")).Code);
        Assert.Equal(0, Eval("--audio", "real,muted", "--out", folder.At("two")).Code);

        var typed = Typed.Line("compare", folder.At("one"), folder.At("two"), "--json");
        Assert.True(typed.Code == 0, typed.Error);
        var conditions = JsonDocument.Parse(typed.Out).RootElement.GetProperty("conditions");
        Assert.Equal(["real"], conditions.EnumerateObject().Select(condition => condition.Name));
        Assert.Equal(1, conditions.GetProperty("real").GetProperty("miou_of_frames").GetProperty("p").GetDouble());
        Assert.Contains("permutation test", Typed.Line("compare", folder.At("one"), folder.At("two")).Out);

        var wrong = Typed.Line("compare", folder.At("one"), folder.At("overlays"));
        Assert.Equal(3, wrong.Code);
        Assert.Equal($"'{folder.At("overlays")}' holds no metrics.json and clips.csv, expected a folder that 'avs eval --out' made",
            wrong.Sentence);
    }

    [Theory]
    [InlineData("dog", "cow", "the clip 'dog' is in @one and not in @two, expected the same clips")]
    [InlineData("dog", "dog,6",
        "the true masks of the clip 'dog' have 4 pixels in 5 frames in @one and 4 in 6 in @two, expected the same masks")]
    [InlineData("dog", "dog,x", "@two/clips.csv line 2: frames: found 'x', expected a number")]
    public void Tables_that_do_not_fit_are_refused_with_a_sentence(string first, string second, string sentence)
    {
        Write("one", first);
        Write("two", second);
        Assert.Equal(sentence.Replace("@", folder.At("") + "/"), Typed.Line("compare", folder.At("one"), folder.At("two")).Sentence);

        void Write(string name, string clip)
        {
            Directory.CreateDirectory(folder.At(name));
            File.WriteAllText(
                folder.At($"{name}/metrics.json"),
                """{"schema": "avs.metrics", "version": 1, "data": {"name": "S4 test"}, "conditions": {}}""");
            File.WriteAllText(folder.At($"{name}/clips.csv"),
                $"condition,clip,frames,iou,f_score,target,active,both\nreal,{clip}{(clip.Contains(',') ? "" : ",5")},0.5,0.5,4,4,2\n");
        }
    }

    [Fact]
    public void Eval_under_every_sound_says_which_the_data_cannot_play()
    {
        var typed = Eval("--audio", "all", "--json");

        Assert.True(typed.Code == 0, typed.Error);
        var metrics = JsonDocument.Parse(typed.Out).RootElement;
        var leftOut = metrics.GetProperty("left_out").EnumerateObject().Select(condition => condition.Name).ToArray();
        Assert.Contains("other", leftOut);
        Assert.All(leftOut, name => Assert.Contains($"{name} is left out: ", typed.Error));
    }

    [Fact]
    public void Eval_with_several_draws_shows_where_they_disagree()
    {
        var typed = Eval("--samples", "2");

        Assert.Equal(0, typed.Code);
        Assert.Equal(5, Directory.GetFiles(folder.At("overlays"), "*_uncertainty.png").Length);
        Assert.Contains("their own sound", typed.Out);
    }
}
