using Avs.Train.Runs;
using Avs.Train.Segmentation;
using Avs.Train.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Training;

public sealed class TrainingLoopTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-loop-");

    public void Dispose() => folder.Delete(recursive: true);

    private static ExperimentConfig Settings(int steps) => new()
    {
        Name = "line",
        Train = new TrainConfig
        {
            Steps = steps,
            LogEvery = 1,
            ClipNorm = 5,
            Optimizer = new OptimizerConfig { Name = OptimizerName.Adamw, LearningRate = 0.05 },
            Schedule = new ScheduleConfig { Name = ScheduleName.Cosine, WarmUpSteps = 2 },
        },
        Evaluate = new EvaluateConfig { Every = 5 },
    };

    private RunFolder NewRun(ExperimentConfig config, string name = "one") => RunFolder.Create(config, folder.FullName, name, DateTime.UnixEpoch);

    private static TrainingEnd Train(LineTask task, ExperimentConfig config, RunFolder run, CancellationToken stop = default)
    {
        using var loop = new TrainingLoop<LineTask.Points>(task, config, run, new SilentWatcher());
        return loop.Run(File.Exists(run.StatePath) ? loop.Restore() : Progress.None, stop);
    }

    [Theory]
    [InlineData(OptimizerName.Adamw)]
    [InlineData(OptimizerName.Adam)]
    [InlineData(OptimizerName.Sgd)]
    public void Every_optimizer_learns_the_line(OptimizerName name)
    {
        var config = Settings(150);
        config = config with { Train = config.Train with { Optimizer = config.Train.Optimizer with { Name = name } } };
        using var task = new LineTask();
        var end = Train(task, config, NewRun(config));

        Assert.True(end.Finished);
        Assert.Equal(150, end.Progress.Step);
        Assert.InRange(task.Weight, 1.8, 2.2);
    }

    [Fact]
    public void The_run_folder_holds_what_a_reader_looks_for()
    {
        var config = Settings(10);
        var run = NewRun(config);
        using var task = new LineTask();
        Train(task, config, run);

        Assert.All([run.ConfigPath, run.MetricsPath, run.BestPath, run.LastPath, run.StatePath], path => Assert.True(File.Exists(path), path));
        Assert.Equal(10, MetricsFile.Read(run.MetricsPath, "total").Count);
        Assert.Equal([(5, 1), (10, 1)], MetricsFile.Read(run.MetricsPath, "val_score"));
        Assert.Equal(ExperimentFile.Write(config), ExperimentFile.Write(Checkpoint.ReadConfig(run.BestPath)));
    }

    [Fact]
    public void The_best_checkpoint_changes_only_for_a_strictly_greater_score()
    {
        var config = Settings(20);
        using var task = new LineTask { Scores = [0.5, 0.7, 0.7, 0.6] };
        var end = Train(task, config, NewRun(config));

        Assert.Equal(10, end.Progress.BestStep);
        Assert.Equal(0.7, end.Progress.BestScore);
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_run_with_one_sentence()
    {
        var config = Settings(10);
        using var task = new LineTask { BreaksAt = 3 };
        var run = NewRun(config);
        var broken = Assert.Throws<TrainingException>(() => Train(task, config, run));

        Assert.Equal("the loss of step 4 is not a finite number; a lower train.optimizer.learning_rate or a train.clip_norm usually helps", broken.Message);
    }

    [Theory]
    [InlineData(OptimizerName.Adamw, null)]
    [InlineData(OptimizerName.Adamw, 0.9)]
    [InlineData(OptimizerName.Sgd, null)]
    public void A_run_that_was_stopped_and_continued_ends_where_an_unbroken_one_does(OptimizerName optimizer, double? ema)
    {
        var config = Settings(12);
        config = config with { Train = config.Train with { Ema = ema, Optimizer = config.Train.Optimizer with { Name = optimizer } } };
        using var unbroken = new LineTask();
        var whole = NewRun(config, "whole");
        Train(unbroken, config, whole);

        var parts = NewRun(config, "parts");
        using var stop = new CancellationTokenSource();
        using var first = new LineTask { OnStep = step => { if (step == 6) stop.Cancel(); } };
        Assert.False(Train(first, config, parts, stop.Token).Finished);
        using var second = new LineTask();
        var end = Train(second, config, parts);

        Assert.True(end.Finished);
        Assert.Equal(unbroken.Weight, second.Weight);
        Assert.Equal(File.ReadAllBytes(whole.LastPath), File.ReadAllBytes(parts.LastPath));
    }

    [Fact]
    public void The_averaged_weights_are_what_is_saved()
    {
        var config = Settings(12);
        config = config with { Train = config.Train with { Ema = 0.5 } };
        var run = NewRun(config);
        using var task = new LineTask();
        Train(task, config, run);
        var current = task.Weight;
        Checkpoint.Load(run.LastPath, task.Model);

        Assert.NotEqual(current, task.Weight);
        Assert.Equal(current, task.Weight, 0.3);
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        var counts = new List<long>();
        var config = Settings(60);
        using var task = new LineTask { OnStep = _ => counts.Add(Tensor.TotalCount) };
        Train(task, config, NewRun(config));

        Assert.Equal(counts[10], counts[^1]);
    }

    [Fact]
    public void Weight_decay_can_spare_biases_and_norms()
    {
        using var task = new LineTask();
        var groups = Optimizers.Groups(new OptimizerConfig { WeightDecay = 0.1, DecayMatricesOnly = true }, task.LearnedParameters);

        Assert.Equal([0.1, 0], groups.Select(group => group.Decay));
        Assert.Equal([1, 1], groups.Select(group => group.Parameters.Count));
    }
}
