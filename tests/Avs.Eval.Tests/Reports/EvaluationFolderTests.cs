using System.Text.Json;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Reports;
using Avs.Eval.Tests.Evaluation;

namespace Avs.Eval.Tests.Reports;

public sealed class EvaluationFolderTests : IDisposable
{
    private static readonly AudioCondition[] Conditions = [AudioCondition.Real, AudioCondition.Muted, AudioCondition.Other];

    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("avs-evaluation-");

    private string Folder => Path.Combine(home.FullName, "scores");

    public void Dispose() => home.Delete(recursive: true);

    [Fact]
    public void A_folder_holds_the_scores_the_tables_and_the_masks()
    {
        using (var folder = new EvaluationFolder(Folder, Subset.S4))
        {
            var report = Evaluate(folder.WriteMasks);
            Assert.False(Directory.Exists(Folder)); // not before it is whole
            folder.Finish(report);
        }

        Assert.Equal(6, Directory.GetFiles(Path.Combine(Folder, "masks", "muted"), "*_0.png", SearchOption.AllDirectories).Length);
        Assert.True(File.Exists(Path.Combine(Folder, "masks", "other", "kind1", "000_b", "000_b_1.png")));
        Assert.Equal(1 + 3 * 6, File.ReadAllLines(Path.Combine(Folder, EvaluationFolder.ClipsFile)).Length);
        Assert.Equal(1 + 3 * 6 * FakeClips.T, File.ReadAllLines(Path.Combine(Folder, EvaluationFolder.FramesFile)).Length);
        Assert.Equal(1 + 3 * 255, File.ReadAllLines(Path.Combine(Folder, EvaluationFolder.CurvesFile)).Length);
        Assert.Single(home.GetFileSystemInfos());

        var metrics = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, EvaluationFolder.MetricsFile))).RootElement;
        Assert.Equal(("avs.metrics", 1), (metrics.GetProperty("schema").GetString(), metrics.GetProperty("version").GetInt32()));
        Assert.Equal(
            "schema version run checkpoint model data settings seconds conditions robustness left_out",
            string.Join(' ', metrics.EnumerateObject().Select(property => property.Name)));
        var real = metrics.GetProperty("conditions").GetProperty("real");
        Assert.Equal("avsbench frame dataset cavp",
            string.Join(' ', real.GetProperty("protocols").EnumerateObject().Select(property => property.Name)));
        var avsbench = real.GetProperty("protocols").GetProperty("avsbench");
        Assert.Equal(1, avsbench.GetProperty("miou").GetDouble(), 1e-6);
        Assert.Equal(2, avsbench.GetProperty("f_score_interval").GetArrayLength());
        Assert.Equal(1.0 / 8, real.GetProperty("active_share").GetDouble(), 1e-6);
        Assert.Equal(1, real.GetProperty("quality").GetProperty("boundary_f").GetDouble(), 1e-6);
        Assert.Equal(JsonValueKind.Null, real.GetProperty("without_target").GetProperty("miou").ValueKind);
        Assert.Equal(2, real.GetProperty("categories").GetProperty("kind1").GetProperty("clips").GetInt32());
        Assert.Equal(3, real.GetProperty("unheard_recordings").GetProperty("clips").GetInt32());
        var other = metrics.GetProperty("conditions").GetProperty("other");
        Assert.Equal("the masks of the other object", other.GetProperty("truth").GetString());
        var against = other.GetProperty("against_own_masks").GetProperty("protocols").GetProperty("avsbench");
        Assert.Equal(0, against.GetProperty("miou").GetDouble());
        Assert.Equal(1, metrics.GetProperty("robustness").GetProperty("negatives").GetProperty("muted").GetProperty("g_miou").GetDouble(),
            1e-6);
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        Directory.CreateDirectory(Folder);
        var error = Assert.Throws<UsageException>(() => new EvaluationFolder(Folder, Subset.S4));
        Assert.Equal($"'{Folder}' is there already, and no evaluation is overwritten; name a new folder", error.Message);
    }

    [Fact]
    public void What_was_not_finished_is_removed()
    {
        using (var folder = new EvaluationFolder(Folder, Subset.S4))
            Evaluate(folder.WriteMasks);
        Assert.Empty(home.GetFileSystemInfos());
    }

    private static EvaluationReport Evaluate(Action<ClipPrediction> observe)
    {
        var options = new EvaluationOptions(FakeClips.Side) { Quality = true, Observe = observe };
        var results = Evaluator.Run(EvaluatorTests.Listener, FakeClips.WithScenes(), options, Conditions);
        return EvaluationReport.From(FakeClips.Subject, results, new Dictionary<AudioCondition, string>(), draws: 20);
    }
}
