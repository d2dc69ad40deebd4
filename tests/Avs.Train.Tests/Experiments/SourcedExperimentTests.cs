using Avs.Train.Experiments;

namespace Avs.Train.Tests.Experiments;

public sealed class SourcedExperimentTests : IDisposable
{
    private static readonly ExperimentReader Reader = new(TrainingTasks.All);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-sources-");

    public void Dispose() => folder.Delete(recursive: true);

    public static TheoryData<string> Files => ShippedExperimentTests.Files;

    private string Write(string name, string yaml)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, yaml);
        return path;
    }

    [Fact]
    public void Each_value_names_what_gave_it()
    {
        var parent = Write("base.yaml", "seed: 1\nmodel:\n  name: tpavi_small\ntrain: {batch_clips: 3, steps: 5}\n");
        var path = Write("groups/x.yaml", "base: ../base.yaml\n\ntrain:\n  optimizer:\n    weight_decay: 0.5\n");
        var sources = Reader.LoadWithSources(path, ["train.steps=7"]).Values.ToDictionary(value => value.Key, value => value.Source);

        Assert.Equal("the file's name", sources["name"]);
        Assert.Equal($"{parent}:1", sources["seed"]);
        Assert.Equal("--set", sources["train.steps"]);
        Assert.Equal($"{path}:5", sources["train.optimizer.weight_decay"]);
        Assert.Equal($"{parent}:4", sources["data.batch_clips"]); // by its former name
        Assert.Equal("preset tpavi_small", sources["model.network.backbone"]);
        Assert.Equal("default", sources["model.network.attention"]);
        Assert.Equal("default", sources["objective.distance.normalise"]);
        Assert.Equal("default", sources["augment.flip"]);
    }

    [Theory]
    [InlineData("task: multimodal\nmodel: {name: mvae}", "model.network.likelihood.sigma", "preset mvae")]
    [InlineData("task: autoencoding\nmodel: {name: vae_faces}", "objective.reconstruction_weight", "preset vae_faces")]
    [InlineData("model: {name: ecmvae_resnet50_reference}", "augment.flip", "preset ecmvae_resnet50_reference")]
    [InlineData("model: {name: ecmvae_resnet50_reference}", "evaluate.latent", "preset ecmvae_resnet50_reference")]
    public void What_a_preset_decides_is_said_to_be_the_preset_s(string yaml, string key, string source) =>
        Assert.Equal(source, Reader.LoadWithSources(Write("x.yaml", yaml)).Values.Single(value => value.Key == key).Source);

    [Theory]
    [MemberData(nameof(Files))]
    public void The_text_with_sources_is_the_same_experiment(string file)
    {
        var experiment = Reader.LoadWithSources(Repository.At($"experiments/{file}"));

        Assert.Equal(experiment.Experiment.ToYaml(), Reader.Load(Write("x.yaml", experiment.ToYaml())).ToYaml());
    }
}
