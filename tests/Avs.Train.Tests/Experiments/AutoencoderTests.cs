using Avs.Core;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Tests.Training;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Experiments;

/// <summary>What holds of training holds of any task: here of one that has nothing to do with segmentation.</summary>
public sealed class AutoencoderTests : IDisposable
{
    private const string Yaml =
        "task: autoencoder\nseed: 3\ncode_size: 2\npictures: {side: 4}\n"
        + "train: {steps: 12, validate_every: 4, save_every: 3, log_every: 1, ema: 0.9, "
        + "optimizer: {learning_rate: 0.05}, schedule: {name: cosine, warm_up_steps: 2}}\n";

    private static readonly ExperimentReader Reader = new([.. TrainingTasks.All, new AutoencoderDefinition()]);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-autoencoder-");

    public void Dispose() => folder.Delete(recursive: true);

    private Experiment Load(params string[] overrides)
    {
        var path = Path.Combine(folder.FullName, "pictures.yaml");
        File.WriteAllText(path, Yaml);
        return Reader.Load(path, overrides);
    }

    private string In(string run, string file = "") => Path.Combine(folder.FullName, "pictures", run, file);

    private TrainingEnd Begin(string run, RunListener? listener = null, CancellationToken stop = default, params string[] overrides) =>
        TrainingRun.Begin(Load(overrides), folder.FullName, run, CPU, listener ?? new RunListener(), stop).End;

    private TrainingEnd Continue(string run) => TrainingRun.Continue(Reader, In(run), CPU, new SilentListener(), default).End;

    [Fact]
    public void It_is_an_experiment_like_any_other()
    {
        var experiment = Load("pictures.batch=2", "train.steps=5");

        Assert.Equal(new AutoencoderConfig { CodeSize = 2, Pictures = new PictureConfig { Side = 4, Batch = 2 } }, experiment.Config);
        var run = experiment.Run;
        Assert.Equal(("pictures", 3, "autoencoder", 5), (run.Name, run.Seed, run.Task, run.Train.Steps));
        Assert.Equal(experiment, Reader.Parse(experiment.ToYaml()));
    }

    [Theory]
    [InlineData("pictures.side=3", "--set: pictures.side: found '3', expected a whole number above 0 and divisible by 2")]
    [InlineData("code_sise=3", "--set: code_sise: there is no such key; did you mean 'code_size'?")]
    [InlineData("sede=3", "--set: sede: there is no such key; did you mean 'seed'?")]
    [InlineData("model.name=ecmvae_small", "--set: model: experiments of the task autoencoder have no such key, only those of "
        + "segmentation, autoencoding, multimodal; the keys here are name, seed, task, train, pictures,")]
    [InlineData("train.batch_clips=3", "--set: train.batch_clips: there is no such key; the keys here are ")]
    [InlineData("train.replicas=2", "--set: train.replicas: found '2', expected 1, for autoencoder does not share its batches")]
    [InlineData("train.precision=bf16", "--set: train.precision: found 'bf16', expected fp32, for autoencoder knows no other")]
    [InlineData("train.optimizer.backbone_rate=0.1",
        "--set: train.optimizer.backbone_rate: found '0.1', expected 1, for the models of autoencoder have no backbone")]
    [InlineData("train.recompute=false", "--set: train.recompute: found 'false', expected true, for the models of autoencoder compute ")]
    [InlineData("train.accumulate=0", "--set: train.accumulate: found '0', expected a whole number of at least 1")]
    [InlineData("train.schedule.name=polynomial",
        "--set: train.schedule.name: found 'polynomial', expected one of constant, cosine, step, poly")]
    [InlineData("train.schedule.power=0", "--set: train.schedule.power: found '0', expected a number above 0")]
    [InlineData("train.early_stopping=5", "--set: train.early_stopping: found '5', expected keys and values")]
    [InlineData("train.early_stopping.patience=0",
        "--set: train.early_stopping.patience: found '0', expected a whole number of at least 1")]
    [InlineData("train.early_stopping.least=-1", "--set: train.early_stopping.least: found '-1', expected a number of at least 0")]
    [InlineData("task=autoencode", "--set: task: found 'autoencode', expected one of segmentation, autoencoding, multimodal, autoencoder")]
    public void What_it_does_not_know_is_refused_by_key(string change, string beginning) =>
        Assert.StartsWith(beginning, Assert.Throws<UsageException>(() => Load(change)).Message);

    [Fact]
    public void It_learns_and_leaves_the_run_folder_that_every_run_leaves()
    {
        Assert.True(Begin("one").Finished);

        Assert.Equal(
            [
                "best.safetensors", "config.yaml", "curves.png", "environment.json", "last.safetensors", "last.state.safetensors",
                "log.txt", "metrics.csv", "metrics.jsonl", "run.lock", "summary.json",
            ],
            Directory.GetFiles(In("one")).Select(Path.GetFileName)
                .Where(name => !name!.StartsWith("best-step", StringComparison.Ordinal)
                    && !name.StartsWith("events.", StringComparison.Ordinal))
                .Order());
        Assert.Single(Directory.GetFiles(In("one"), "events.out.tfevents.*"));
        Assert.Equal(3, Directory.GetFiles(In("one"), "best-step_*.safetensors").Length);
        var losses = MetricsFile.Read(In("one", "metrics.csv"), "total");
        Assert.True(losses[^1].Value < losses[0].Value / 2, $"{losses[0].Value} -> {losses[^1].Value}");
        Assert.Equal([4.0, 8, 12], MetricsFile.Read(In("one", "metrics.csv"), "val_error").Select(entry => entry.Step));
        Assert.Equal(12, MetricsFile.Read(In("one", "metrics.csv"), "pictures_per_second").Count);
        Assert.Equal(Load().ToYaml(), File.ReadAllText(In("one", "config.yaml")));
        Assert.Equal(Load().ToYaml(), Checkpoint.ReadExperiment(In("one", "best.safetensors")));
        Assert.Contains("\"task\": \"autoencoder\"", File.ReadAllText(In("one", "summary.json")));
    }

    [Fact]
    public void Stopped_and_continued_it_ends_with_the_bytes_of_an_unbroken_run()
    {
        Begin("whole");
        using var stop = new CancellationTokenSource();
        Assert.False(Begin("parts", RunListener.After(5, stop.Cancel), stop.Token).Finished);
        Assert.True(Continue("parts").Finished);

        AssertSame("whole", "parts");
    }

    [Fact]
    public void Killed_and_continued_after_its_last_save_it_ends_with_the_bytes_of_an_unbroken_run()
    {
        Begin("whole");
        var killed = RunListener.After(8, () => throw new InsufficientMemoryException());
        Assert.Throws<InsufficientMemoryException>(() => Begin("parts", killed));
        Assert.Equal(6, RunState.ReadProgress(In("parts", "last.state.safetensors")).Step);
        Assert.True(Continue("parts").Finished);

        AssertSame("whole", "parts");
    }

    [Fact]
    public void A_run_whose_minutes_are_used_up_says_that_its_schedule_was_not_finished()
    {
        var listener = new RunListener();
        var end = Begin("short", listener, default, "train.minutes=0.001", "train.steps=1000000");

        Assert.True(end.Finished);
        Assert.Contains($"the 0.001 minutes of train.minutes were used up after step {end.Progress.Step} of 1000000: "
            + "the learning-rate schedule was not finished; fewer train.steps would finish it", listener.Sentences);
        var summary = File.ReadAllText(In("short", "summary.json"));
        Assert.Contains("\"finished\": true", summary);
        Assert.Contains($"\"step\": {end.Progress.Step},", summary);
        Assert.Contains("\"steps\": 1000000,", summary);
    }

    [Fact]
    public void A_run_that_early_stopping_ends_is_finished_and_says_why()
    {
        var listener = new RunListener();
        var end = Begin("early", listener, default,
            "train.early_stopping={patience: 2, least: 1000}", "train.steps=100", "train.optimizer.learning_rate=1.0e-9");

        Assert.Equal(12, end.Progress.Step); // the first of three validations, every four steps, is a gain
        Assert.Contains(listener.Sentences, sentence => sentence.StartsWith("ended early, after step 12 of 100: 2 validations in a row "));
        Assert.Contains("\"finished\": true", File.ReadAllText(In("early", "summary.json")));
        Assert.Contains("ended early, after step 12 of 100", File.ReadAllText(In("early", "log.txt")));
    }

    private void AssertSame(string one, string other)
    {
        foreach (var file in (string[])["last.safetensors", "best.safetensors"])
            Assert.Equal(File.ReadAllBytes(In(one, file)), File.ReadAllBytes(In(other, file)));
        foreach (var column in (string[])["total", "learning_rate", "grad_norm", "val_error"])
            Assert.Equal(MetricsFile.Read(In(one, "metrics.csv"), column), MetricsFile.Read(In(other, "metrics.csv"), column));
    }

    [Fact]
    public void Steps_and_validations_leave_no_tensor_behind()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var counts = new List<long>();
        Begin("one", new RunListener(_ => counts.Add(Tensor.TotalCount)));

        Assert.Equal(12, counts.Count);
        // Fewer are what the garbage collector took meanwhile.
        Assert.True(counts.Skip(1).All(count => count <= counts[1]), string.Join(", ", counts));
    }
}
