using System.Text.Json;
using Avs.Train.Runs;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Training;

public sealed class NonFiniteStepTests : IDisposable
{
    private const string Yaml = "name: line\n";

    private readonly TestRuns runs = new();

    public void Dispose() => runs.Dispose();

    private static TrainConfig Settings(int skip = 3) => new()
    {
        Steps = 10,
        ValidateEvery = 5,
        SaveEvery = 2,
        LogEvery = 3,
        SkipBadSteps = skip,
        Tensorboard = false,
        Ema = 0.9,
        Optimizer = new OptimizerConfig { Name = OptimizerName.Adamw, LearningRate = 0.05 },
    };

    private RunFolder NewRun(string name = "one") => runs.Open("line", name, Yaml);

    private static TrainingEnd Train(
        LineTask task, TrainConfig config, RunFolder run, RunListener? listener = null, CancellationToken stop = default) =>
        TestRuns.Train(task, config, run, Yaml, listener, stop);

    [Fact]
    public void A_bad_step_moves_nothing_and_is_counted_and_its_samples_are_logged()
    {
        var weights = new List<double>();
        LineTask? task = null;
        var listener = new RunListener();
        using var made = task = new LineTask { Breaks = number => number is 3 or 4 or 7, OnStep = _ => weights.Add(task!.Weight) };
        var run = NewRun();

        var end = Train(task, Settings(), run, listener);

        Assert.Equal((10, 3, 0), (end.Progress.Step, end.Progress.SkippedSteps, end.Progress.SkippedInARow));
        Assert.Equal((weights[3], weights[4], weights[7]), (weights[4], weights[5], weights[8]));
        Assert.NotEqual(weights[5], weights[6]);
        Assert.Equal(
            [
                "step 4: the loss is not a finite number, so no weight was moved; its points: point 3a, point 3b",
                "step 5: the loss is not a finite number, so no weight was moved; its points: point 4a, point 4b",
                "step 8: the loss is not a finite number, so no weight was moved; its points: point 7a, point 7b",
            ], listener.Sentences.Where(sentence => sentence.Contains("not a finite", StringComparison.Ordinal)));
        Assert.Equal([(6, 2), (9, 3), (10, 3)], MetricsFile.Read(run.MetricsPath, "skipped_steps"));
        Assert.All(MetricsFile.Read(run.MetricsPath, "total"), entry => Assert.True(double.IsFinite(entry.Value)));
        Assert.False(File.Exists(run.FaultPath));
    }

    // Two of them, one on either side of the save that the run is continued from.
    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void A_continued_run_counts_on_within_a_row(int stopAt)
    {
        bool Breaks(long number) => number is 4 or 5 or 6;
        using var unbroken = new LineTask { Breaks = Breaks };
        var whole = NewRun("whole");
        Train(unbroken, Settings(), whole);

        var parts = NewRun("parts");
        using var stop = new CancellationTokenSource();
        using var first = new LineTask { Breaks = Breaks, OnStep = number => { if (number == stopAt) stop.Cancel(); } };
        Assert.Equal(stopAt - 3, Train(first, Settings(), parts, stop: stop.Token).Progress.SkippedInARow);
        using var second = new LineTask { Breaks = Breaks };
        Assert.Equal(3, Train(second, Settings(), parts).Progress.SkippedSteps);

        Assert.Equal(File.ReadAllBytes(whole.LastPath), File.ReadAllBytes(parts.LastPath));
        Assert.Equal(MetricsFile.Read(whole.MetricsPath, "total"), MetricsFile.Read(parts.MetricsPath, "total"));

        var third = NewRun("third");
        using var stricter = new LineTask { Breaks = Breaks };
        Assert.Throws<TrainingException>(() => Train(stricter, Settings(skip: 2), third));
    }

    [Theory]
    [InlineData(0, 0, "the loss of step 1 is not a finite number: no weight has changed yet, so an input or a weight that the model began "
        + "with is at fault; its points are point 0a, point 0b, and ")]
    [InlineData(0, 2, "the loss of step 3 is not a finite number, nor are those of the 2 steps before: no weight has changed yet, ")]
    [InlineData(3, 1, "the loss of step 5 is not a finite number, nor is that of the step before: a lower train.optimizer.learning_rate or "
        + "a train.clip_norm usually helps; its points are point 4a, point 4b, and ")]
    public void Too_many_in_a_row_end_the_run_with_one_sentence(int from, int skip, string beginning)
    {
        using var task = new LineTask { Breaks = number => number >= from };
        Assert.StartsWith(beginning, Assert.Throws<TrainingException>(() => Train(task, Settings(skip), NewRun())).Message);
    }

    [Fact]
    public void What_it_leaves_is_the_row_of_steps_the_weights_before_them_and_a_state_to_go_on_from()
    {
        using var task = new LineTask { Breaks = number => number >= 4 };
        var run = NewRun();
        var e = Assert.Throws<TrainingException>(() => Train(task, Settings(skip: 2), run));
        var weight = task.Weight;

        Assert.EndsWith($"and {run.FaultReportPath} and fault.safetensors beside it are for study", e.Message);
        using var report = JsonDocument.Parse(File.ReadAllText(run.FaultReportPath));
        var steps = report.RootElement.EnumerateArray().ToArray();
        Assert.Equal([5, 6, 7], steps.Select(step => step.GetProperty("step").GetInt32()));
        Assert.Equal("NaN", steps[0].GetProperty("loss").GetString());
        Assert.Equal("point 6b", steps[2].GetProperty("samples")[1].GetString());
        using var studied = new LineTask();
        Checkpoint.Load(run.FaultPath, studied.Model);
        Assert.Equal(weight, studied.Weight);
        Assert.Equal(6, RunState.ReadProgress(run.StatePath).Step);
        using var again = new LineTask();
        Assert.True(Train(again, Settings(), run).Finished);
    }

    [Fact]
    public void Weights_that_a_step_spoilt_are_not_saved_over_good_ones()
    {
        var run = NewRun();
        LineTask? task = null;
        using var made = task = new LineTask
        {
            OnStep = number =>
            {
                if (number == 5)
                    using (no_grad())
                        task!.LearnedParameters[0].Parameter.fill_(float.PositiveInfinity);
            },
        };

        var e = Assert.Throws<TrainingException>(() => Train(task, Settings(), run));

        Assert.StartsWith("the weights 'weight' are not all finite numbers after step 6; what was saved before is kept", e.Message);
        Assert.Equal(4, RunState.ReadProgress(run.StatePath).Step);
        using var again = new LineTask();
        Assert.True(Train(again, Settings(), run).Finished);
    }

    [Fact]
    public void Running_statistics_are_put_back()
    {
        using var norm = nn.BatchNorm1d(2);
        using var statistics = new RunningStatistics(norm);
        statistics.Remember();
        norm.call(full([3, 2], double.NaN)).Dispose();
        Assert.True(norm.running_mean!.isnan().any().item<bool>());

        statistics.PutBack();

        Assert.Equal([0f, 0f], norm.running_mean.data<float>().ToArray());
        Assert.Equal(0, norm.num_batches_tracked!.item<long>());
    }
}
