using Avs.Train.Runs;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Runs;

public sealed class BestCheckpointsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-best-");
    private readonly RunFolder run;

    public BestCheckpointsTests() => run = RunFolder.Create(folder.FullName, "x", "one", "name: x\n", DateTime.UnixEpoch);

    public void Dispose()
    {
        run.Dispose();
        folder.Delete(recursive: true);
    }

    private static void Write(string path, long step)
    {
        using var model = nn.Linear(1, 1);
        Checkpoint.Write(path, model, "name: x\n", step);
    }

    private static bool Offer(BestCheckpoints best, long step, double score) => best.Offer(step, score, path => Write(path, step));

    private string[] Files => [.. Directory.GetFiles(run.FullPath, "best*").Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private long? BestStep => Checkpoint.ReadStep(run.BestPath);

    [Fact]
    public void So_many_are_kept_by_their_scores_and_what_falls_out_goes_with_the_next_save()
    {
        var best = new BestCheckpoints(run, 2);
        Assert.Equal([true, false, true, false],
            new[] { (10, 0.5), (20, 0.25), (30, 0.75), (40, 0.125) }.Select(entry => Offer(best, entry.Item1, entry.Item2)));

        Assert.Equal([new ScoredStep(30, 0.75), new(10, 0.5)], best.Kept);
        Assert.Equal(30, BestStep);
        Assert.Equal(4, Files.Length);
        best.RemoveOthers();
        Assert.Equal(["best-step_000010-score_0.5.safetensors", "best-step_000030-score_0.75.safetensors", "best.safetensors"], Files);
    }

    [Fact]
    public void Of_equal_scores_the_first_stays()
    {
        var best = new BestCheckpoints(run, 1);
        Assert.Equal([true, false, true, false],
            new[] { (1, -3.0), (2, -3.0), (3, -2.5), (4, double.NaN) }.Select(entry => Offer(best, entry.Item1, entry.Item2)));
        Assert.Equal(3, BestStep);
    }

    [Fact]
    public void A_score_that_is_no_number_is_the_least()
    {
        var best = new BestCheckpoints(run, 2);
        Assert.True(Offer(best, 1, double.NaN));
        Assert.True(Offer(best, 2, -1e9));
        Assert.Equal([new ScoredStep(2, -1e9), new(1, double.NegativeInfinity)], best.Kept);
    }

    [Fact]
    public void What_was_found_after_the_last_save_is_forgotten_and_what_it_pushed_out_is_there()
    {
        var killed = new BestCheckpoints(run, 1);
        Offer(killed, 10, 0.5);
        var saved = killed.Kept;
        killed.RemoveOthers();
        Offer(killed, 20, 0.75);

        var again = new BestCheckpoints(run, 1);
        again.Restore(saved);

        Assert.Equal(["best-step_000010-score_0.5.safetensors", "best.safetensors"], Files);
        Assert.Equal(10, BestStep);
        Assert.False(Offer(again, 15, 0.5));
    }

    [Fact]
    public void The_one_checkpoint_of_a_former_run_is_the_first_of_the_best()
    {
        Write(run.BestPath, 10);
        var best = new BestCheckpoints(run, 2);
        best.Restore([new ScoredStep(10, 0.5)]);

        Assert.Equal(["best-step_000010-score_0.5.safetensors", "best.safetensors"], Files);
        Assert.Equal(File.ReadAllBytes(run.BestPath), File.ReadAllBytes(Path.Combine(run.FullPath, Files[0])));
    }
}
