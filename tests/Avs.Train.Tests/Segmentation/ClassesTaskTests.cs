using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Train.Segmentation;
using Avs.Train.Tests.Distribution;
using Avs.Train.Tests.Training;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Segmentation;

/// <summary>Training on AVSS: classes, and clips of different lengths.</summary>
public sealed class ClassesTaskTests : IDisposable
{
    private readonly TestRuns runs = new();

    public void Dispose() => runs.Dispose();

    private static SegmentationExperiment Smoke(params string[] changes) => Smoke("ecmvae_small", changes);

    private static SegmentationExperiment Smoke(string model, string[] changes)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, $"model: {{name: {model}}}\n");
        try
        {
            return SegmentationExperiment.Load(path,
            [
                "name=classes", "data.subset=avss", "model.network.classes=3", "model.network.image_size=32", "model.network.channels=8",
                "data.batch_clips=8", "train.threads=1", .. changes,
            ]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static SegmentationTask Task(SegmentationExperiment config) =>
        new(config, new BlinkingClasses(6, Split.Train), new BlinkingClasses(3, Split.Val), CPU);

    private TrainingEnd Train(
        SegmentationExperiment config, string name, ITrainingListener? listener = null, CancellationToken stop = default)
    {
        using var task = Task(config);
        return runs.Train(task, config, name, listener, stop);
    }

    [Fact]
    public void A_small_model_learns_which_class_sounds()
    {
        var config = Smoke("train.steps=50", "train.validate_every=50", "train.optimizer.learning_rate=5e-3");
        var nothing = Baselines.Run(Baseline.AllBackground, new BlinkingClasses(3, Split.Val)).Scores.Classes!.ByProtocol[ClassScores.Main];

        var end = Train(config, "one");

        // Three classes, of which the background alone gives a third.
        Assert.InRange(nothing.Miou, 0.25, 1.0 / 3);
        Assert.InRange(end.Progress.BestScore!.Value, nothing.Miou + 0.25, 1);
    }

    [Fact]
    public void The_best_checkpoint_is_chosen_by_the_mIoU_of_the_classes()
    {
        var config = Smoke("train.steps=1", "train.validate_every=1");
        using var task = Task(config);
        using var untracked = no_grad();
        task.Model.eval();

        var validation = task.Validate();

        Assert.Equal(
            ["miou", "f_score", "miou_without_background", "f_score_without_background", "foreground_miou"],
            validation.Figures.Select(figure => figure.Name));
        Assert.Equal(validation.Figures[0].Value, validation.Score);
    }

    [Theory]
    [InlineData("train.replicas=2")]
    [InlineData("data.frames_drawn=3")]
    public void A_stopped_run_continues_as_if_it_had_not_been_stopped(params string[] changes)
    {
        var config = Smoke(["train.steps=4", "train.validate_every=2", "data.batch_clips=4", .. changes]);
        Train(config, "whole");
        using var stop = new CancellationTokenSource();
        Assert.False(Train(config, "parts", RunListener.After(2, stop.Cancel), stop.Token).Finished);
        Assert.True(Train(config, "parts").Finished);

        Assert.Equal(runs.Last(config, "whole"), runs.Last(config, "parts"));
    }

    // The baseline draws nothing, so that two workers differ from one by rounding alone: each part's loss is weighted by its frames.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Two_workers_train_what_one_trains_with_the_whole_batch(int replicas)
    {
        var config = Smoke("tpavi_small", ["train.steps=2", "data.batch_clips=4", "train.whole_batch=true", "augment.flip=off"]);
        var whole = Gradients(config, 1);
        var shared = Gradients(config with { Run = config.Run with { Train = config.Run.Train with { Replicas = replicas } } }, 2);

        var apart = Math.Sqrt(whole.Zip(shared, (one, two) => Math.Pow(one - two, 2)).Sum() / whole.Sum(one => one * one));
        Assert.InRange(apart, 0, 1e-3);
    }

    // All numbers of the gradients after a step's backward, the mean over the workers.
    private static double[] Gradients(SegmentationExperiment config, int workers)
    {
        var found = Workers.Run(workers, worker =>
        {
            using var task = new SegmentationTask(
                config, new BlinkingClasses(6, Split.Train), new BlinkingClasses(3, Split.Val), CPU, worker);
            using var batch = task.Batches(0).First();
            task.Model.train();
            task.Backward(batch, 0);
            return task.LearnedParameters.SelectMany(entry => entry.Parameter.grad!.contiguous().data<float>().ToArray()).ToArray();
        });
        return [.. Enumerable.Range(0, found[0].Length).Select(i => found.Average(one => (double)one[i]))];
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(4, 3)]
    public void Scores_that_several_find_together_are_those_of_one_to_the_bit(int batch, int workers)
    {
        var config = Smoke($"evaluate.batch_clips={batch}");
        var clips = new BlinkingClasses(3, Split.Val);
        using var model = SegmenterFactory.Create(config, CPU);
        model.eval();
        var options = SegmenterFactory.EvaluationOptions(config.Task, CPU);
        var alone = Evaluator.Run(SegmenterFactory.ForEvaluation(model, config), clips, options).Scores;
        var together = Workers.Run(workers, worker =>
        {
            using var untracked = no_grad();
            return SharedValidation.Run(SegmenterFactory.ForEvaluation(model, config), clips, options, worker);
        });
        Assert.All(together, scores => Assert.Equal(alone.Classes!.ByProtocol, scores.Classes!.ByProtocol));
    }

    [Fact]
    public void Steps_leave_no_tensor_behind()
    {
        var config = Smoke("train.steps=8", "train.validate_every=8");
        using var task = Task(config);
        using var optimizer = Optimizers.Create(config.Run.Train.Optimizer, task.LearnedParameters);
        var counts = new List<long>();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var batch = task.Batches(0).First();
        for (var step = 0; step < 5; step++)
        {
            using (var scope = NewDisposeScope())
            {
                optimizer.zero_grad();
                task.Backward(batch, 0);
                optimizer.step();
            }
            counts.Add(Tensor.TotalCount);
        }

        Assert.True(counts[^1] <= counts[1], string.Join(", ", counts));
    }

    [Fact]
    public void A_model_of_other_classes_than_the_data_have_is_refused_by_its_key()
    {
        Assert.Equal("model.network.classes: found 71, expected 3, for so many classes has AVSS blinking train",
            Assert.Throws<UsageException>(() => Task(Smoke("model.network.classes=71"))).Message);
        Assert.Equal("model.network.classes: found 3, expected 1, for so many channels has a mask, and blinking train names no classes",
            Assert.Throws<UsageException>(() => Blinking.CreateTask(Smoke())).Message);
    }
}
