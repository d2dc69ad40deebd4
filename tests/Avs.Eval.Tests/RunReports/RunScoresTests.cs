using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Reports;
using Avs.Eval.RunReports;

namespace Avs.Eval.Tests.RunReports;

public sealed class RunScoresTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-scores-");

    public void Dispose() => folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(folder.FullName, name);

    [Fact]
    public void A_written_evaluation_is_read_back()
    {
        var runs = new FakeRuns().Add("one", 1);
        using (var written = new EvaluationFolder(At("scores"), Subset.S4))
            written.Finish(runs.Report!);

        var (fresh, read) = (runs.Runs[0].Scores, RunScores.Read(At("scores")));
        Assert.Equal(fresh.Metrics.ToJson(), read.Metrics.ToJson());
        Assert.Equal(fresh.Clips, read.Clips.Select(clip => clip with { Scene = null }));
        Assert.Equal(["real", "muted"], read.Curves.Keys);
        Assert.All(fresh.Curves, entry => Assert.Equivalent(entry.Value, read.Curves[entry.Key], strict: true));
    }

    [Fact]
    public void Every_key_that_the_docs_explain_is_in_the_file()
    {
        var lines = File.ReadAllLines(Repository.At("docs/metrics.md"));
        string[] keys = [.. lines.Select((line, i) => (line, i)).Where(entry => entry.line.StartsWith("| key |", StringComparison.Ordinal))
            .SelectMany(table => lines.Skip(table.i + 2).TakeWhile(line => line.StartsWith('|')))
            .SelectMany(line => line.Split('|')[1].Split(',')).Select(key => key.Trim().Trim('`').Split('.')[^1])];

        var json = new FakeRuns().Add("one").Report is { } report ? MetricsJson.From(report).ToJson() : "";

        Assert.Contains("g_f", keys);
        Assert.All(keys, key => Assert.Contains($"\"{key}\":", json));
    }

    [Theory]
    [InlineData("""{"schema": "avs.metrics", "version": 99}""", "is not of the schema avs.metrics 1")]
    [InlineData("""{"schema": 3}""", "is not what 'avs eval --out' writes")]
    [InlineData("hello", "is not what 'avs eval --out' writes")]
    public void What_is_no_evaluation_is_one_sentence(string text, string sentence)
    {
        File.WriteAllText(At(EvaluationFolder.MetricsFile), text);

        Assert.Contains(sentence, Assert.Throws<DataException>(() => RunScores.Read(folder.FullName)).Message);
    }

    [Fact]
    public void Published_figures_stand_beside_the_published_measurement_only()
    {
        var some = new FakeRuns().Add("one").Runs[0].Scores.Metrics;
        var whole = some with
        {
            Model = "ecmvae_pvt_v2_b5",
            Data = some.Data with { Clips = 740 },
            Settings = some.Settings with { ImageSize = 224 },
        };

        Assert.Equal((0.8174, 0.901), PublishedScores.Find(whole, "pvt_v2_b5", isComposed: false) is { } score
            ? (score.Miou, score.FScore)
            : default);
        Assert.Null(PublishedScores.Find(whole, "pvt_v2_b5", isComposed: true));
        Assert.Null(PublishedScores.Find(whole, "resnet50", isComposed: false));
        Assert.Null(PublishedScores.Find(whole with { Model = "ecmvae_nofactor_pvt_v2_b5" }, "pvt_v2_b5", isComposed: false));
        Assert.Null(PublishedScores.Find(whole with { Data = whole.Data with { Split = "val" } }, "pvt_v2_b5", isComposed: false));
        Assert.Null(PublishedScores.Find(whole with { Data = whole.Data with { Clips = 739 } }, "pvt_v2_b5", isComposed: false));
    }

    private static ScoredClip Scored(int index, double iou, double uncertainty = 0, string? scene = null) =>
        new(index, $"clip{index}", "dog", scene, iou, iou, uncertainty);

    [Fact]
    public void No_clip_is_shown_twice_and_of_a_scene_one_a_group()
    {
        ScoredClip[] clips = [Scored(0, 0.9, 0.1, "a"), Scored(1, 0.8, 0.9, "a"), Scored(2, 0.7, 0.2, "b"), Scored(3, 0.1, 0.8, "c"),
            Scored(4, 0.2)];

        var groups = ClipChoice.ForReport([clips], ["one"], 2);

        Assert.Equal(["Best clips", "Worst clips", "Most uncertain clips"], groups.Select(group => group.Title));
        Assert.Equal([[0, 2], [3, 4], [1]], groups.Select(group => group.Clips));
    }

    [Fact]
    public void Of_two_runs_the_gains_and_losses_are_shown()
    {
        ScoredClip[] first = [.. new[] { 0.9, 0.5, 0.4, 0.1 }.Select((iou, i) => Scored(i, iou) with { Uncertainty = null })];
        ScoredClip[] second = [Scored(0, 0.9), Scored(1, 0.9), Scored(2, 0.2), Scored(3, 0.1)];

        var groups = ClipChoice.ForReport([first, second], ["one", "two"], 1);

        Assert.Equal([1], groups.Single(group => group.Title == "Largest gains").Clips);
        Assert.Equal([2], groups.Single(group => group.Title == "Largest losses").Clips);
        Assert.Equal([1, 0], ClipChoice.Gains(first, second, 2));
    }

    [Fact]
    public void A_spread_goes_from_the_best_down() =>
        Assert.Equal([4, 3, 1],
            ClipChoice.Spread([.. Enumerable.Range(0, 6).Select(i => Scored(i, new[] { 0.1, 0.2, 0.3, 0.4, 0.9, 0.8 }[i]))], 3));

    [Fact]
    public void Loudness_is_of_each_second_and_the_file_holds_the_samples()
    {
        // One second of a sine of amplitude one half: 20 log10(0.5 / sqrt 2) = -9.03 dB; then silence.
        double[] samples = [.. Enumerable.Range(0, 64_000).Select(i => i < 32_000 ? 0.5 * Math.Sin(2 * Math.PI * 440 * i / 32_000) : 0)];

        var sound = PageSound.From(new Waveform(samples, 32_000), seconds: 5);

        Assert.Equal(2, sound.Seconds);
        Assert.Equal(-9.03, sound.Loudness[0], 0.05);
        Assert.InRange(sound.Loudness[1], double.NegativeInfinity, -30); // but for the filter's ringing at the border
        Assert.Equal(44 + 2 * 2 * 16_000, sound.Wav.Length);
        Assert.Equal(5, PageSound.From(new Waveform(new double[20 * 8_000], 8_000), seconds: 5).Seconds);
    }
}
