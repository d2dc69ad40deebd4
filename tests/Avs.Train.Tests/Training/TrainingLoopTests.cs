using Avs.Core;
using Avs.Train.Runs;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Training;

public sealed class TrainingLoopTests : IDisposable
{
    private const string Yaml = "name: line\n";

    private readonly TestRuns runs = new();

    public void Dispose() => runs.Dispose();

    private static TrainConfig Settings(int steps) => new()
    {
        Steps = steps,
        ValidateEvery = 5,
        LogEvery = 1,
        ClipNorm = 5,
        Optimizer = new OptimizerConfig { Name = OptimizerName.Adamw, LearningRate = 0.05 },
        Schedule = new ScheduleConfig { Name = ScheduleName.Cosine, WarmUpSteps = 2 },
    };

    private RunFolder NewRun(string name = "one") => runs.Open("line", name, Yaml);

    private static TrainingEnd Train(LineTask task, TrainConfig config, RunFolder run, CancellationToken stop = default) =>
        TestRuns.Train(task, config, run, Yaml, stop: stop);

    [Theory]
    [InlineData(OptimizerName.Adamw)]
    [InlineData(OptimizerName.Adam)]
    [InlineData(OptimizerName.Sgd)]
    public void Every_optimizer_learns_the_line(OptimizerName name)
    {
        var config = Settings(150);
        config = config with { Optimizer = config.Optimizer with { Name = name } };
        using var task = new LineTask();
        var end = Train(task, config, NewRun());

        Assert.True(end.Finished);
        Assert.Equal(150, end.Progress.Step);
        Assert.InRange(task.Weight, 1.8, 2.2);
    }

    [Fact]
    public void The_run_folder_holds_what_a_reader_looks_for()
    {
        var config = Settings(10);
        var run = NewRun();
        using var task = new LineTask();
        Train(task, config, run);

        Assert.All([run.ConfigPath, run.MetricsPath, run.BestPath, run.LastPath, run.StatePath],
            path => Assert.True(File.Exists(path), path));
        Assert.Equal(10, MetricsFile.Read(run.MetricsPath, "total").Count);
        Assert.Equal([(5, 1), (10, 1)], MetricsFile.Read(run.MetricsPath, "val_score"));
        Assert.Equal(Yaml, Checkpoint.ReadExperiment(run.BestPath));
    }

    [Fact]
    public void The_best_checkpoint_changes_only_for_a_strictly_greater_score()
    {
        var config = Settings(20);
        using var task = new LineTask { Scores = [0.5, 0.7, 0.7, 0.6] };
        var end = Train(task, config, NewRun());

        Assert.Equal(10, end.Progress.BestStep);
        Assert.Equal(0.7, end.Progress.BestScore);
    }

    [Fact]
    public void A_run_whose_minutes_are_used_up_ends_saved_at_the_learning_rate_of_its_step()
    {
        var config = Settings(1_000_000) with { Minutes = 0.2 / 60, LogEvery = 1_000_000 };
        var run = NewRun();
        using var task = new LineTask();
        var end = Train(task, config, run);

        Assert.True(end.Finished);
        Assert.InRange(end.Progress.Step, 1, 999_999);
        Assert.Equal(end.Progress.Step, RunState.ReadProgress(run.StatePath).Step);
        // The time is up where the cosine has hardly begun to fall.
        var last = Assert.Single(MetricsFile.Read(run.MetricsPath, "learning_rate"));
        Assert.Equal(end.Progress.Step, last.Step);
        Assert.Equal(0.05, last.Value, 0.0005);
        Assert.True(File.Exists(run.BestPath));
    }

    [Fact]
    public void A_configuration_out_of_its_limits_is_refused_by_its_key()
    {
        using var task = new LineTask();
        Assert.Equal("train.schedule.final: found '2', expected a number from 0 to 1",
            Assert.Throws<UsageException>(() =>
                Train(task, Settings(1) with { Schedule = new ScheduleConfig { Final = 2 } }, NewRun())).Message);
    }

    private static readonly Dictionary<string, Func<TrainConfig, TrainConfig>> Options = new()
    {
        ["adamw"] = config => config,
        ["ema"] = config => config with { Ema = 0.9 },
        ["sgd"] = config => config with { Optimizer = config.Optimizer with { Name = OptimizerName.Sgd } },
        ["poly"] = config => config with { Schedule = new ScheduleConfig { Name = ScheduleName.Poly } },
        ["groups"] = config => config with
        {
            Optimizer = config.Optimizer with { BackboneRate = 0.3, DecayMatricesOnly = true, WeightDecay = 0.1 },
        },
        ["groups of sgd"] = config => config with
        {
            Optimizer = new() { Name = OptimizerName.Sgd, LearningRate = 0.05, BackboneRate = 0.3 },
        },
        ["accumulate"] = config => config with { Accumulate = 3 },
        ["accumulate, ema, groups"] = config => config with
        {
            Accumulate = 2,
            Ema = 0.9,
            Optimizer = config.Optimizer with { BackboneRate = 0.3 },
        },
        ["early stopping"] = config => config with { EarlyStopping = new() { Patience = 3 } },
    };

    public static TheoryData<string> OptionNames => [.. Options.Keys];

    [Theory]
    [MemberData(nameof(OptionNames))]
    public void A_run_that_was_stopped_and_continued_ends_where_an_unbroken_one_does(string option)
    {
        var config = Options[option](Settings(12));
        using var unbroken = new LineTask();
        var whole = NewRun("whole");
        Train(unbroken, config, whole);

        var parts = NewRun("parts");
        using var stop = new CancellationTokenSource();
        using var first = new LineTask { OnStep = step => { if (step == 6) stop.Cancel(); } };
        Assert.False(Train(first, config, parts, stop.Token).Finished);
        using var second = new LineTask();
        var end = Train(second, config, parts);

        Assert.True(end.Finished);
        Assert.Equal(unbroken.Weight, second.Weight);
        Assert.Equal(File.ReadAllBytes(whole.LastPath), File.ReadAllBytes(parts.LastPath));
        foreach (var column in (string[])["total", "learning_rate", "grad_norm"])
            Assert.Equal(MetricsFile.Read(whole.MetricsPath, column), MetricsFile.Read(parts.MetricsPath, column));
    }

    [Fact]
    public void A_step_takes_as_many_batches_as_it_accumulates_also_when_continued()
    {
        var config = Settings(4) with { Accumulate = 3, ValidateEvery = null };
        List<long> seen = [];
        using var stop = new CancellationTokenSource();
        var run = NewRun();
        using var first = new LineTask { OnStep = batch => { seen.Add(batch); if (batch == 4) stop.Cancel(); } };
        Train(first, config, run, stop.Token);
        Assert.Equal(2, RunState.ReadProgress(run.StatePath).Step);
        using var second = new LineTask { OnStep = seen.Add };
        var end = Train(second, config, run);

        Assert.Equal(Enumerable.Range(0, 12).Select(i => (long)i), seen);
        Assert.Equal(4, end.Progress.Step);
        // A pass of four batches is two steps, the second with two batches of the next.
        Assert.Equal([2.0, 4], MetricsFile.Read(run.MetricsPath, "val_score").Select(entry => entry.Step));
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 4)]
    [InlineData(3, 3)]
    public void Epochs_are_passes_over_the_data_whatever_a_step_accumulates(int accumulate, long steps)
    {
        using var task = new LineTask();
        Assert.Equal(steps, Train(task, Settings(1) with { Epochs = 2, Accumulate = accumulate }, NewRun()).Progress.Step);
    }

    [Fact]
    public void The_backbone_s_rate_is_logged_beside_the_others()
    {
        var config = Settings(3);
        config = config with { Optimizer = config.Optimizer with { BackboneRate = 0.1 } };
        var run = NewRun();
        using var task = new LineTask();
        Train(task, config, run);

        var rates = MetricsFile.Read(run.MetricsPath, "learning_rate");
        var slowed = MetricsFile.Read(run.MetricsPath, "backbone_learning_rate");
        Assert.Equal(rates.Select(rate => Math.Round(rate.Value * 0.1, 7)), slowed.Select(rate => rate.Value));
        Assert.Equal(0.025, rates[0].Value); // the first of two steps of warm-up
    }

    [Theory]
    [InlineData(0, new[] { 0.5, 0.7, 0.6, 0.7, 0.9 }, 20)] // equal is no gain
    [InlineData(0, new[] { 0.5, 0.4, 0.6, 0.5, 0.4, 0.9 }, 25)] // in a row
    [InlineData(0.1, new[] { 0.5, 0.55, 0.65, 0.7, 0.7 }, 25)] // small gains add up
    [InlineData(0.1, new[] { 0.5, 0.55, 0.58 }, 15)]
    [InlineData(0, new[] { double.NaN, double.NaN, 0.1 }, 10)]
    public void A_run_whose_validations_no_longer_gain_ends_saved(double least, double[] scores, long last)
    {
        var config = Settings(1000) with { SaveEvery = 1000, LogEvery = 7, EarlyStopping = new() { Patience = 2, Least = least } };
        var run = NewRun();
        using var task = new LineTask { Scores = scores };
        var end = Train(task, config, run);

        Assert.Equal((true, last), (end.Finished, end.Progress.Step));
        Assert.Equal(last, RunState.ReadProgress(run.StatePath).Step);
        Assert.Equal(last, MetricsFile.Read(run.MetricsPath, "grad_norm")[^1].Step);
        var gain = double.IsFinite(scores[0]) ? $"more than {least} above " : "that is a number";
        Assert.StartsWith($"ended early, after step {last} of 1000: 2 validations in a row without a score {gain}", end.Reason);
    }

    [Fact]
    public void The_count_of_validations_without_gain_survives_a_stop()
    {
        var config = Settings(1000) with { EarlyStopping = new() { Patience = 2 } };
        var run = NewRun();
        using var stop = new CancellationTokenSource();
        using var first = new LineTask { Scores = [0.5, 0.7, 0.6], OnStep = step => { if (step == 16) stop.Cancel(); } };
        Train(first, config, run, stop.Token);
        using var second = new LineTask { Scores = [0.65, 0.9] };
        var end = Train(second, config, run);
        using var third = new LineTask { OnStep = _ => Assert.Fail("the run is over") };

        Assert.Equal((20, 0.7, 10), (end.Progress.Step, end.Progress.BestScore, end.Progress.BestStep));
        Assert.Equal((true, end.Reason), (Train(third, config, run).Finished, end.Reason));
    }

    [Fact]
    public void The_averaged_weights_are_what_is_saved()
    {
        var config = Settings(12);
        config = config with { Ema = 0.5 };
        var run = NewRun();
        using var task = new LineTask();
        Train(task, config, run);
        var current = task.Weight;
        Checkpoint.Load(run.LastPath, task.Model);

        Assert.NotEqual(current, task.Weight);
        Assert.Equal(current, task.Weight, 0.3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_step_leaves_no_tensor_behind(int accumulate)
    {
        // What other tests left to the garbage collector must not go while this one counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var counts = new List<long>();
        var config = Settings(60) with { Accumulate = accumulate };
        using var task = new LineTask { OnStep = _ => counts.Add(Tensor.TotalCount) };
        Train(task, config, NewRun());

        Assert.Equal(counts[10], counts[^1]);
    }

    [Fact]
    public void Weight_decay_can_spare_biases_and_norms()
    {
        using var task = new LineTask();
        var groups = Optimizers.Groups(new OptimizerConfig { WeightDecay = 0.1, DecayMatricesOnly = true }, task.LearnedParameters, []);

        Assert.Equal([0.1, 0], groups.Select(group => group.Decay));
        Assert.Equal([1, 1], groups.Select(group => group.Parameters.Count));
    }
}
