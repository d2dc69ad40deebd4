using Avs.Core;
using Avs.Core.Formats;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Train.Distribution;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Segmentation;
using Avs.Train.Tests.Segmentation;
using Avs.Train.Tests.Training;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Distribution;

/// <summary>Training shared by two workers against training by one with the whole batches.</summary>
public sealed class SharedTrainingTests : IDisposable
{
    private readonly TestRuns runs = new();

    public void Dispose() => runs.Dispose();

    // 14 clips in batches of 8: of every other batch, three pairs, both workers have the whole.
    private static SegmentationExperiment Smoke(params string[] changes) => SegmentationExperiment.Load(
        Repository.At("experiments/smoke.yaml"),
        ["train.threads=1", "train.replicas=1", "train.steps=4", "train.validate_every=2", "train.optimizer.name=sgd",
            "train.optimizer.learning_rate=1e-4", "evaluate.clips=null", "evaluate.batch_clips=2", .. changes]);

    private TrainingEnd[] Train(SegmentationExperiment config, string name, int workers, long? stopAfter = null)
    {
        using var run = runs.Open(config, name);
        return Workers.Run(workers, worker =>
        {
            using var task = new SegmentationTask(config, new Blinking(7, Split.Train), new Blinking(3, Split.Val), CPU, worker);
            using var stop = new CancellationTokenSource();
            var listener = RunListener.After(worker.Rank == 1 ? stopAfter : null, stop.Cancel);
            var own = worker.Rank == 0 ? run : RunFolder.OfFirst(run.FullPath);
            using var loop = new TrainingLoop<AvsBatch>(task, config.Run.Train, own, config.ToYaml(), listener, worker);
            return loop.Run(File.Exists(run.StatePath) ? loop.Restore() : RunProgress.None, stop.Token);
        });
    }

    private IReadOnlyDictionary<string, float[]> Weights(SegmentationExperiment config, string name)
    {
        using var file = SafetensorsFile.Open(runs.Open(config, name).LastPath);
        return file.Entries.Keys.Where(key => !key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .ToDictionary(key => key, key => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(file.ReadBytes(key)).ToArray());
    }

    private double Difference(SegmentationExperiment config, string first, string second)
    {
        var (a, b) = (Weights(config, first), Weights(config, second));
        Assert.Equal(a.Keys, b.Keys);
        var apart = a.Sum(entry => entry.Value.Zip(b[entry.Key], (x, y) => Math.Pow(x - y, 2)).Sum());
        return Math.Sqrt(apart / a.Sum(entry => entry.Value.Sum(x => (double)x * x)));
    }

    [Theory]
    [InlineData("train.replicas=1")]
    [InlineData("model.network.backbone=pvt_v2_b0", "model.network.drop_path=0.5")]
    public void Two_workers_train_what_one_trains_with_the_whole_batch(params string[] changes)
    {
        var config = Smoke(changes);
        Train(config, "one", 1);
        var ends = Train(config, "two", 2);

        (long, double?, double) Decisive(TrainingEnd end) => (end.Progress.Step, end.Progress.BestScore, end.Progress.Seconds);
        Assert.Equal(Decisive(ends[0]), Decisive(ends[1]));
        Assert.InRange(Difference(config, "one", "two"), 0, 1e-5);
        foreach (var column in (string[])["total", "kl", "diff", "val_miou", "val_f_score"])
        {
            var (one, two) = (Read("one", column), Read("two", column));
            Assert.NotEmpty(one);
            // The file has six digits.
            Assert.All(one.Zip(two), pair => Assert.Equal(pair.First.Value, pair.Second.Value, 1e-5 + 2e-5 * Math.Abs(pair.First.Value)));
        }

        IReadOnlyList<(double Step, double Value)> Read(string name, string column) =>
            MetricsFile.Read(runs.Open(config, name).MetricsPath, column);
    }

    [Fact]
    public void Copies_in_each_of_two_workers_train_what_one_does_where_norms_see_the_whole_batch()
    {
        var config = Smoke("train.replicas=2", "train.whole_batch=true", "train.steps=2", "evaluate.latent=mean");
        Train(config, "one", 1);
        Train(config, "two", 2);
        // Each copy draws its own latent codes, and has other clips: the norms' statistics of the backbone do not depend on the codes.
        var (one, two) = (Weights(config, "one"), Weights(config, "two"));
        var key = one.Keys.First(name => name.EndsWith("running_mean", StringComparison.Ordinal));
        Assert.All(one[key].Zip(two[key]), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void A_run_that_one_worker_is_asked_to_stop_goes_on_with_another_number_of_workers()
    {
        var config = Smoke();
        Train(config, "whole", 1);
        Assert.All(Train(config, "parts", 2, stopAfter: 2), end => Assert.Equal((2, false), (end.Progress.Step, end.Finished)));
        Train(config, "parts", 1);
        Assert.InRange(Difference(config, "whole", "parts"), 0, 1e-5);
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 3)]
    [InlineData(4, 2)] // the last two have nothing to do, or half a batch
    public void Scores_that_several_find_together_are_those_of_one_to_the_bit(int batch, int workers)
    {
        var config = Smoke($"evaluate.batch_clips={batch}");
        var clips = new Blinking(3, Split.Val);
        using var model = SegmenterFactory.Create(config, CPU);
        model.eval();
        var options = SegmenterFactory.EvaluationOptions(config.Task, CPU);
        var alone = Evaluator.Run(SegmenterFactory.ForEvaluation(model, config), clips, options).Scores;
        var together = Workers.Run(workers, worker =>
        {
            using var untracked = no_grad();
            return SharedValidation.Run(SegmenterFactory.ForEvaluation(model, config), clips, options, worker);
        });
        Assert.All(together, scores => Assert.Equal((alone.Miou, alone.FScore), (scores.Miou, scores.FScore)));
    }

    [Fact]
    public void Weights_that_differ_are_found_out()
    {
        var refused = Assert.Throws<TrainingException>(() => Workers.Run(2, worker =>
        {
            var layer = nn.Linear(1, 1);
            nn.init.constant_(layer.weight, 1 + worker.Rank);
            nn.init.zeros_(layer.bias!);
            worker.RequireEqual(layer, 7);
            return 0;
        }));
        Assert.StartsWith("after step 7 the weights of process 1 differ from those of process 0", refused.Message);
    }

    [Fact]
    public void A_batch_that_the_processes_cannot_share_is_refused_by_its_key()
    {
        var refused = Assert.Throws<UsageException>(() => Train(Smoke("data.batch_clips=6"), "refused", 2));
        Assert.Equal(
            "data.batch_clips: found 6, expected a multiple of 4 for train.replicas = 1 in each of 2 processes with pairs of clips",
            refused.Message);
    }

    [Fact]
    public void A_task_that_trains_in_one_process_says_so()
    {
        var experiment = new ExperimentReader(TrainingTasks.All).Parse("task: autoencoding\nname: a\n", "a.yaml");
        var refused = Assert.Throws<UsageException>(() => Workers.Run(2, worker =>
            TrainingRun.Begin(experiment, runs.Folder, "a", CPU, new SilentListener(), default, worker)));
        Assert.Equal("autoencoding trains in one process, found 2: start it without mpirun, srun or --nproc", refused.Message);
    }
}
