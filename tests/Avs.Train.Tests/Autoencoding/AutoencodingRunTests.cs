using Avs.Core;
using Avs.Data.Clips;
using Avs.Models.Vae;
using Avs.Train.Autoencoding;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Segmentation;
using Avs.Train.Tests.Training;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Autoencoding;

/// <summary>Runs of autoencoders and multimodal VAEs from their YAML to what is loaded of them, on a few images in files.</summary>
public sealed class AutoencodingRunTests : IDisposable
{
    private static readonly ExperimentReader Reader = new(TrainingTasks.All);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-autoencoding-");

    public AutoencodingRunTests()
    {
        TinyImages.WriteMnist(In("mnist-files"));
        TinyImages.WritePolyDigits(In("poly-files"));
    }

    public void Dispose() => folder.Delete(recursive: true);

    public static TheoryData<string> Autoencoders => [.. VaeRegistry.Autoencoders.Select(preset => preset.Name)];

    public static TheoryData<string> Multimodal => [.. VaeRegistry.Multimodal.Select(preset => preset.Name)];

    private string In(params string[] parts) => Path.Combine([folder.FullName, .. parts]);

    private string Yaml(string name, params string[] lines)
    {
        var path = In($"{name}.yaml");
        File.WriteAllText(path, string.Join('\n', lines));
        return path;
    }

    private string Images(string model, params string[] lines) => Yaml(
        "images",
        [
            "task: autoencoding", $"model: {{name: {model}}}",
            $"data: {{set: mnist, root: {In("mnist-files")}, validation_images: 20, batch_images: 8, "
                + $"pad: {(model.Contains("mlp", StringComparison.Ordinal) ? 0 : 2)}}}",
            "train: {steps: 2, validate_every: 2, log_every: 1}", .. lines,
        ]);

    private string Poly(string model, params string[] lines) => Yaml(
        "poly",
        [
            "task: multimodal",
            $"model: {{name: {model}, network: {{latent_size: 3, encoder: {{channels: [4, 4]}}, decoder: {{channels: [4, 4]}}}}}}",
            $"data: {{root: {In("poly-files")}, batch_examples: 6, missing_share: 0.3}}",
            "train: {steps: 2, validate_every: 2, log_every: 1}", .. lines,
        ]);

    private void Begin(string experiment, string run) =>
        TrainingRun.Begin(Reader.Load(experiment), folder.FullName, run, CPU, new SilentListener(), default);

    [Theory]
    [MemberData(nameof(Autoencoders))]
    public void Every_autoencoder_trains_and_is_loaded_from_its_run(string name)
    {
        Begin(Images(name), "one");

        Assert.True(File.Exists(In("images", "one", "sheet.png")) && File.Exists(In("images", "one", "curves.png")));
        Assert.Single(MetricsFile.Read(In("images", "one", "metrics.csv"), "val_reconstruction"));
        var (model, experiment, checkpoint) = AutoencodingDefinition.Networks.Load(In("images", "one"), CPU);
        using var owned = model;
        using var images = ExampleData.Open(experiment.Task.Data, Split.Test);
        using var scope = NewDisposeScope();
        var batch = images.Batch(0, 4);
        Assert.False(model.training);
        Assert.Equal(In("images", "one", "best.safetensors"), checkpoint);
        Assert.Equal(batch.shape, model.Reconstruct(batch).shape);
        var image = experiment.Task.Model.Network.Image;
        Assert.Equal((images.Channels, images.Height), (image.Channels, image.Height));
        Assert.Equal(experiment.ToYaml(), File.ReadAllText(In("images", "one", "config.yaml")));
    }

    [Theory]
    [MemberData(nameof(Multimodal))]
    public void Every_multimodal_model_trains_with_modalities_missing_and_is_loaded_without_its_data(string name)
    {
        Begin(Poly(name), "one");
        Directory.Delete(In("poly-files"), recursive: true);

        Assert.True(File.Exists(In("poly", "one", "sheet.png")));
        Assert.Single(MetricsFile.Read(In("poly", "one", "metrics.csv"), "val_reconstruction/m4"));
        var (model, experiment, _) = MultimodalDefinition.Networks.Load(In("poly", "one"), CPU);
        using var owned = model;
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Assert.False(model.training);
        Assert.Equal(["m0 3x32x32", "m1 3x32x32", "m2 3x32x32", "m3 3x32x32", "m4 3x32x32"], experiment.Task.Model.Modalities);
        Assert.All(model.Sample(2, generator), images => Assert.Equal([2, 3, 32, 32], images.shape));
    }

    [Fact]
    public void What_was_edited_in_a_runs_experiment_is_logged_when_it_goes_on()
    {
        using var stop = new CancellationTokenSource();
        TrainingRun.Begin(Reader.Load(Images("vae_mlp")), folder.FullName, "one", CPU, RunListener.After(1, stop.Cancel), stop.Token);
        var config = In("images", "one", "config.yaml");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\n  steps: 2\n", "\n  steps: 1\n"));

        TrainingRun.Continue(Reader, In("images", "one"), CPU, new SilentListener(), default);

        var log = File.ReadAllText(In("images", "one", "log.txt"));
        Assert.Contains($"{config} has changed since the last save: train.steps was 2, is 1 now", log);
        Assert.Contains("; never validated", log); // it was cut short before
    }

    // Everything that draws: codes, binarization, subsets, missing modalities; and weights that change on the way.
    [Theory]
    [InlineData("images", "vae_mlp", "objective: {kl_annealing: 0.8, free_bits: 0.1}")]
    [InlineData("images", "wae_mmd", "")]
    [InlineData("images", "vae_mlp", "", "train.accumulate=3", "train.schedule.name=poly")]
    [InlineData("poly", "mvae", "")]
    [InlineData("poly", "mmvae_plus", "objective: {kl_weight: 2, kl_annealing: 0.5}")]
    [InlineData("poly", "mvae", "", "train.accumulate=2", "train.early_stopping.patience=5")]
    public void Stopped_and_continued_a_run_ends_with_the_bytes_of_an_unbroken_one(
        string kind, string model, string line, params string[] options)
    {
        string[] changes =
            ["train.steps=9", "train.validate_every=3", .. kind == "images" ? (string[])["data.binarize=dynamic"] : [], .. options];
        var experiment = Reader.Load(kind == "images" ? Images(model, line) : Poly(model, line), changes);
        using var stop = new CancellationTokenSource();
        TrainingEnd Run(string name, ITrainingListener listener, CancellationToken token) =>
            TrainingRun.Begin(experiment, folder.FullName, name, CPU, listener, token).End;

        Run("whole", new SilentListener(), default);
        Assert.False(Run("parts", RunListener.After(5, stop.Cancel), stop.Token).Finished);
        Assert.True(TrainingRun.Continue(Reader, In(kind, "parts"), CPU, new SilentListener(), default).End.Finished);

        foreach (var file in (string[])["last.safetensors", "best.safetensors"])
            Assert.Equal(File.ReadAllBytes(In(kind, "whole", file)), File.ReadAllBytes(In(kind, "parts", file)));
        foreach (var column in (string[])["total", "val_total"])
        {
            Assert.Equal(
                MetricsFile.Read(In(kind, "whole", "metrics.csv"), column), MetricsFile.Read(In(kind, "parts", "metrics.csv"), column));
        }
    }

    // A model without batch norm that draws nothing; the batches of an epoch are consecutive parts of its order.
    [Fact]
    public void Four_batches_of_five_are_one_of_twenty()
    {
        var yaml = Images("ae_conv", "seed: 5");
        IReadOnlyList<(double Step, double Value)> Losses(string name, params string[] changes)
        {
            var experiment = Reader.Load(yaml, ["train.steps=6", "train.optimizer.learning_rate=0.01", .. changes]);
            TrainingRun.Begin(experiment, folder.FullName, name, CPU, new SilentListener(), default);
            return MetricsFile.Read(In("images", name, "metrics.csv"), "total");
        }
        var whole = Losses("whole", "data.batch_images=20");
        var parts = Losses("parts", "data.batch_images=5", "train.accumulate=4");

        Assert.True(whole[^1].Value < 0.9 * whole[0].Value, "it does not learn, so the test says nothing");
        Assert.All(whole.Zip(parts), pair => Assert.Equal(pair.First.Value, pair.Second.Value, 2e-5 * pair.First.Value));
    }

    [Theory]
    [InlineData("images", "vae_conv")]
    [InlineData("images", "rae_l2")]
    [InlineData("poly", "mopoe")]
    public void Steps_and_validations_leave_no_tensor_behind(string kind, string model)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var counts = new List<long>();
        var experiment = Reader.Load(
            kind == "images" ? Images(model) : Poly(model), ["train.steps=8", "train.validate_every=3", "train.save_every=2"]);
        TrainingRun.Begin(experiment, folder.FullName, "one", CPU, new RunListener(_ => counts.Add(Tensor.TotalCount)), default);

        Assert.Equal(8, counts.Count);
        // Fewer are what the garbage collector took meanwhile.
        Assert.True(counts.Skip(1).All(count => count <= counts[1]), string.Join(", ", counts));
    }

    [Theory]
    [InlineData("images", "model.name=vae_mpl", "--set: model.name: found 'vae_mpl', expected one of ae_conv, vae_conv, ")]
    [InlineData("images", "data.set=fashion", "--set: data.set: found 'fashion', expected one of fashion_mnist, mnist, ")]
    [InlineData("images", "model.network.latent_size=0",
        "--set: model.network.latent_size: found '0', expected a whole number of at least 1")]
    [InlineData("images", "model.network.likelihood.kind=bernouli",
        "--set: model.network.likelihood.kind: found 'bernouli', expected one of bernoulli, gaussian, ")]
    [InlineData("images", "objective.kl_weight=-1", "--set: objective.kl_weight: found '-1', expected a number of at least 0")]
    [InlineData("images", "objective.mmd_weight=1", "--set: objective.mmd_weight: a model such as ")]
    [InlineData("images", "data.pad=1",
        "model.network: images of 30x30 cannot be halved 3 times, once for each of the channels: expected a "
        + "height and a width that 8 divides; data.pad adds rows and columns of zeros")]
    [InlineData("images", "model.network.image.channels=3",
        "model.network.image: found 3x32x32, expected 1x32x32, the shape of mnist train "
        + "with data.pad: 2; leave the key out, and it is the data's")]
    [InlineData("images", "data.root=null", "mnist is read from a folder with its four idx files (train-images-idx3-ubyte and so "
        + "on, packed or not); name it with data.root, or --data DIR")]
    [InlineData("images", "data.side=16", "the images of mnist have one size already, they cannot be brought to 16")]
    [InlineData("images", "data.validation_images=60",
        "mnist: 60 of 60 training images cannot be set aside for validation")]
    [InlineData("poly", "model.name=mmvea", "--set: model.name: found 'mmvea', expected one of mvae, mmvae, ")]
    [InlineData("poly", "data.missing_share=1",
        "--set: data.missing_share: found '1', expected a number of at least 0 and below 1")]
    [InlineData("poly", "model.modalities=[a 3x32x32]",
        "model.modalities: found a 3x32x32; expected those of poly_digits train, m0 3x32x32")]
    [InlineData("poly", "model.modality_weights=[1, 2]",
        "model.modality_weights: found 2 numbers, expected one for each of the modalities")]
    public void What_does_not_fit_is_said_in_one_sentence(string kind, string change, string beginning)
    {
        var refused = Assert.Throws<UsageException>(() => TrainingRun.Begin(
            Reader.Load(kind == "images" ? Images("vae_conv") : Poly("mvae"), [change]), folder.FullName, "one", CPU, new SilentListener(),
            default));

        Assert.StartsWith(beginning, refused.Message);
        Assert.False(Directory.Exists(In(kind)));
    }

    [Fact]
    public void A_run_of_another_task_is_refused_by_each_factory()
    {
        Begin(Images("vae_mlp"), "one");
        Begin(Poly("mvae"), "one");
        void Refuses(Action load, string task, string expected) => Assert.EndsWith(
            $"comes from a run of the task '{task}', expected one of the task '{expected}'", Assert.Throws<UsageException>(load).Message);

        Refuses(() => SegmenterFactory.Load(In("images", "one"), CPU), "autoencoding", "segmentation");
        Refuses(() => MultimodalDefinition.Networks.Load(In("images", "one"), CPU), "autoencoding", "multimodal");
        Refuses(() => AutoencodingDefinition.Networks.Load(In("poly", "one", "last.safetensors"), CPU), "multimodal", "autoencoding");
        Assert.Throws<UsageException>(() => AutoencodingDefinition.Networks.Load(In("nowhere"), CPU));
        Assert.Throws<DataException>(() => AutoencodingDefinition.Networks.Load(Images("vae_mlp"), CPU));
    }

    [Fact]
    public void An_untrained_vae_is_validated_by_minus_its_bound()
    {
        Begin(Images("vae_mlp"), "one");
        double Value(string column) => MetricsFile.Read(In("images", "one", "metrics.csv"), column).Single().Value;

        Assert.Equal(Value("val_reconstruction") + Value("val_kl"), Value("val_total"), 3);
        Assert.Equal(-Value("val_total"), Value("val_elbo"), 3);
    }
}
