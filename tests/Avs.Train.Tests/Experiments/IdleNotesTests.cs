using Avs.Core;
using Avs.Train.Ablation;
using Avs.Train.Experiments;

namespace Avs.Train.Tests.Experiments;

public sealed class IdleNotesTests : IDisposable
{
    private static readonly ExperimentReader Reader = new(TrainingTasks.All);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-idle-");

    public void Dispose() => folder.Delete(recursive: true);

    private string Write(string yaml, string name = "x.yaml")
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, yaml);
        return path;
    }

    private static List<string> Notes(string path, params string[] changes)
    {
        var notes = new List<string>();
        Reader.Load(path, changes, notes.Add);
        return notes;
    }

    [Theory]
    [InlineData("model.network.use_audio=false", "objective.similarity_weight=0.5", "0.5", "model.network.use_audio is false")]
    [InlineData("model.network.factorisation=specific_only", "model.network.code_fusion=product_of_experts", "product_of_experts",
        "model.network.factorisation is specific_only")]
    [InlineData("model.name=tpavi_small", "evaluate.latent=sample", "sample", "tpavi_small has no latent codes to draw")]
    [InlineData("train.schedule.name=poly", "train.schedule.final=0.1", "0.1", "train.schedule.name is poly")]
    [InlineData("train={steps: 20, schedule: {warm_up_steps: 20}}", "train.schedule.name=cosine", "cosine",
        "the warm-up of 20 steps lasts to the end of the run")]
    [InlineData("task=autoencoding", "model.network.likelihood.sigma=0.5", "0.5", "model.network.likelihood.kind has no sigma")]
    public void A_value_that_changes_nothing_is_said(string cause, string idle, string value, string why)
    {
        Assert.Equal($"note: --set: {idle.Split('=')[0]}: {value} changes nothing here, for {why}",
            Assert.Single(Notes(Write("seed: 1"), cause, idle)));
        Assert.Empty(Notes(Write("seed: 1"), cause));
    }

    public static TheoryData<string> Files => ShippedExperimentTests.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public void No_experiment_that_comes_along_says_something_in_vain(string file) =>
        Assert.Empty(Notes(Path.Combine(Repository.At("experiments"), file)));

    public static TheoryData<string> Matrices => ShippedExperimentTests.Matrices;

    [Theory]
    [MemberData(nameof(Matrices))]
    public void Nor_does_a_matrix(string file) =>
        new MatrixReader(Reader).Load(Path.Combine(Repository.At("experiments"), file), note: Assert.Fail);

    [Fact]
    public void Trials_that_differ_in_idle_keys_alone_are_refused()
    {
        Write("seed: 1");
        var matrix = Write("""
            base: x.yaml
            set: {model.network.factorisation: specific_only}
            factors: {model.network.code_fusion: [linear, product_of_experts]}
            """, "m.yaml");

        var refusal = Assert.Throws<UsageException>(() => new MatrixReader(Reader).Load(matrix));

        Assert.Equal($"{matrix}: the trials 'code_fusion_linear' (linear) and 'code_fusion_product_of_experts' (product_of_experts) differ "
            + "in keys alone that change nothing in them", refusal.Message);
    }

    [Fact]
    public void Steps_after_the_passes_that_take_their_place_are_refused()
    {
        var path = Write("train:\n  epochs: 15\n");

        Assert.Equal($"--set: train.steps: found '5', expected train.epochs instead, which is 15 ({path}:2) and takes its place, or "
            + "train.epochs: null beside it", Assert.Throws<UsageException>(() => Reader.Load(path, ["train.steps=5"])).Message);
        Assert.Equal(5, Reader.Load(path, ["train.steps=5", "train.epochs=null"]).Run.Train.Steps);
        Assert.Equal(15, Reader.Load(Write(Reader.Load(path).ToYaml(), "config.yaml")).Run.Train.Epochs); // a run's has both
        Assert.Equal(3, Reader.Load(Write("train: {steps: 20}"), ["train.epochs=3"]).Run.Train.Epochs);
    }
}
