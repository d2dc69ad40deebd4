using System.Text.Json;
using Avs.Data.AvsBench;
using Avs.Data.Tests.AvsBench;
using NAudio.Wave;

namespace Avs.Cli.Tests;

/// <summary>AVSS from the data on disk to a trained model's masks, and the verbs that do not take it.</summary>
public sealed class AvssTests : IDisposable
{
    private const string Experiment = """
        name: tiny
        model: {name: tpavi_small, network: {classes: 4, image_size: 32, channels: 8}}
        train: {steps: 2, validate_every: 2, threads: 1}
        data: {root: ROOT, subset: avss, batch_clips: 2}
        """;

    private readonly ScratchFolder folder = new();

    public AvssTests()
    {
        Directory.CreateDirectory(folder.At("data"));
        File.WriteAllText(folder.At("data/metadata.csv"), "vid,uid,s_min,s_sec,a_obj,split,label\n");
        File.WriteAllText(folder.At("data/label2idx.json"), """{"background": 0, "dog": 1, "violin": 2, "piano": 3}""");
        foreach (var split in (string[])["train", "val", "test"])
        {
            Add("v1s", $"{split}_short", split, 2, split == "train" ? 1 : 2);
            Add("v2", $"{split}_long", split, 4, 4);
        }
        File.WriteAllText(folder.At("avss.yaml"), Experiment.Replace("ROOT", folder.At("data")));
    }

    public void Dispose() => folder.Dispose();

    // The left half is of class 1, the right half background.
    private void Add(string group, string id, string split, int frames, int labels)
    {
        File.AppendAllText(folder.At("data/metadata.csv"), $"{id},{id},0,0,{(frames == 2 ? "dog" : "violin")},{split},{group}\n");
        string At(string file) => folder.At($"data/{group}/{id}/{file}");
        for (var t = 0; t < frames; t++)
            TinyBench.WriteRgb(At($"frames/{t}.jpg"), 64, 64, (_, x) => ((byte)(20 * t), (byte)(x < 32 ? 200 : 20), 90));
        for (var t = 0; t < labels; t++)
            TinyBench.WriteRgb(At($"labels_rgb/{t}.png"), 64, 64, (_, x) => ((byte)(x < 32 ? 128 : 0), 0, 0));
        TinyBench.WriteWave(At("audio.wav"), new WaveFormat(16_000, 16, 1), frames, t => 0.3 * Math.Sin(2 * Math.PI * 440 * t));
    }

    private Typed Type(string line) => Typed.Line(line.Replace("@", folder.At("") + "/").Split(' '));

    private Typed Done(string line)
    {
        var typed = Type(line);
        Assert.True(typed.Code == 0, typed.Error);
        return typed;
    }

    [Fact]
    public void It_is_trained_measured_shown_and_used()
    {
        Done("data cache @avss.yaml --set data.cache=@cache");
        Assert.Contains("miou_without_background", Done("train @avss.yaml --runs @runs --run a --set data.cache=@cache").Error);

        var scores = Done("eval @runs/tiny/a --audio real,muted,swapped,noise --masks --out @scores --bootstrap 20");
        Assert.Contains("4 classes", scores.Out);
        Assert.Contains("mIoU, no background", scores.Out);
        var metrics = JsonDocument.Parse(File.ReadAllText(folder.At("scores/metrics.json"))).RootElement;
        var classes = metrics.GetProperty("conditions").GetProperty("real").GetProperty("classes");
        Assert.Equal(["avsbench", "frame", "dataset"], classes.GetProperty("protocols").EnumerateObject().Select(one => one.Name));
        Assert.True(classes.GetProperty("classes").GetProperty("background").GetProperty("target_frames").GetInt32() == 6);
        Assert.Equal(6, metrics.GetProperty("data").GetProperty("frames").GetInt32());
        Assert.Equal(4 * 6, Directory.GetFiles(folder.At("scores/masks"), "*.png", SearchOption.AllDirectories).Length);
        AvssPalette.Read(folder.At("scores/masks/real/test_long/test_long_3.png"), 4);
        Assert.StartsWith("condition,number,class,frames", File.ReadAllText(folder.At("scores/classes.csv")));
        Assert.Contains("all of the foreground", Done("compare @scores @scores").Out);

        Assert.Contains("4 classes, frame", Done("report @runs/tiny/a --out @page.html").Out + File.ReadAllText(folder.At("page.html")));
        Done("report @runs/tiny/a @runs/tiny/a/last.safetensors --out @both.html");
        Assert.Contains("Foreground, by protocol", File.ReadAllText(folder.At("both.html")));
        Done("gallery @runs/tiny/a --clips test_long,test_short --frames 1,2 --style mask --out @figure.png");
        var beyond = Type("gallery @runs/tiny/a --clips test_short --frames 3 --out @more.png");
        Assert.Equal((2, "--frames: found 3, but the clip test_short has 2 frames"), (beyond.Code, beyond.Sentence));

        var page = Type("serve @runs/tiny/a --port 0");
        Assert.Equal(2, page.Code);
        Assert.EndsWith("tells classes apart (AVSS), and the page shows one mask; avs predict colours its classes", page.Sentence);

        Directory.CreateDirectory(folder.At("film"));
        TinyBench.WriteRgb(folder.At("film/clip_1.png"), 32, 48, (_, x) => ((byte)(5 * x), 90, 90));
        TinyBench.WriteWave(folder.At("film/clip.wav"), new WaveFormat(16_000, 16, 1), 1, t => 0.3 * Math.Sin(2 * Math.PI * 440 * t));
        var found = JsonDocument.Parse(Done("predict @runs/tiny/a @film --out @found --json").Out).RootElement;
        AvssPalette.Read(folder.At($"found/{found.GetProperty("masks")[0].GetProperty("file").GetString()}"), 4);
        Assert.All(found.GetProperty("classes").EnumerateArray(),
            one => Assert.Contains(one.GetProperty("name").GetString(), (string[])["dog", "violin", "piano"]));
        Assert.True(File.Exists(folder.At("found/classes.csv")));
    }

    [Theory]
    [InlineData("train @avss.yaml --set model.network.classes=1",
        "model.network.classes: found '1', expected how many classes the data have")]
    [InlineData("train @avss.yaml --set model.network.classes=71",
        "model.network.classes: found 71, expected 4, for so many classes has AVSS train")]
    [InlineData("train @avss.yaml --set data.pairing=true --runs @runs", "pairs of a scene were asked for")]
    [InlineData("demo --config @avss.yaml", "data.subset: found 'avss', expected s4 or ms3: the demo gives each picture the sound")]
    [InlineData("bench data --config @avss.yaml", "data.subset: found 'avss', expected s4 or ms3: the same work in Python")]
    public void What_makes_no_sense_is_refused_in_one_sentence_with_exit_code_2(string line, string sentence)
    {
        var typed = Type(line);

        Assert.Equal(2, typed.Code);
        Assert.Contains(sentence, typed.Sentence);
        Assert.False(Directory.Exists(folder.At("runs/tiny")));
    }
}
