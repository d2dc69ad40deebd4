using Avs.Core;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Models;
using Avs.Models.Ecmvae;
using Avs.Models.Losses;
using Avs.Train.Segmentation;

namespace Avs.Train.Tests.Segmentation;

public sealed class ExperimentFileTests
{
    private static string Refusal(string yaml) => Assert.Throws<UsageException>(() => ExperimentFile.Parse(yaml, "x.yaml")).Message;

    [Fact]
    public void The_model_section_starts_from_the_preset_it_names()
    {
        var preset = ModelRegistry.Find("ecmvae_small").Config;
        var config = ExperimentFile.Parse("model: {name: ecmvae_small, network: {latent_size: 8}}");

        Assert.Equal((EcmvaeConfig)preset.Network with { LatentSize = 8 }, config.Model.Network);
    }

    [Fact]
    public void The_preset_says_which_family_s_keys_there_are()
    {
        var config = ExperimentFile.Parse("model: {name: mi_resnet50, network: {regulariser: lower_bound}}\nobjective: {information_weight: 0.1}");

        Assert.Equal(InformationRegulariser.LowerBound, Assert.IsType<DeterministicConfig>(config.Model.Network).Regulariser);
        Assert.Equal(0.1, Assert.IsType<DeterministicObjective>(config.Objective).InformationWeight);
        Assert.Equal(config, ExperimentFile.Parse(ExperimentFile.Write(config)));
    }

    [Fact]
    public void A_release_s_preset_brings_its_habits_and_an_experiment_may_change_them()
    {
        var release = ExperimentFile.Parse("model: {name: ecmvae_resnet50_reference}");
        var changed = ExperimentFile.Parse("model: {name: ecmvae_resnet50_reference}\naugment: {flip: clip}\nevaluate: {latent: mean}\nobjective: {js: geometric}");

        Assert.Equal(LatentMode.ReferenceSingleSample, release.Evaluate.Latent);
        Assert.Equal(FlipMode.ReferencePerFrame, release.Augment.Flip);
        Assert.Equal(EcmvaeObjective.Reference, release.Objective);
        Assert.Equal(LatentMode.Mean, changed.Evaluate.Latent);
        Assert.Equal(FlipMode.Clip, changed.Augment.Flip);
        Assert.Equal(EcmvaeObjective.Reference with { Js = JsMode.Geometric }, changed.Objective);
    }

    [Fact]
    public void The_written_experiment_is_read_back_to_the_same()
    {
        var config = ExperimentFile.Parse("seed: 9\ntrain: {ema: 0.99, frames_drawn: 2}\nobjective: {structure: {box_size: 13}}\naugment: {silent_clips: 0.05}");

        Assert.Equal(config, ExperimentFile.Parse(ExperimentFile.Write(config)));
    }

    [Theory]
    [InlineData("model:\n  name: ecmvae_smal\n", "x.yaml:2: model.name: found 'ecmvae_smal', expected one of ")]
    [InlineData("model:\n  network: {channels: 33}\n", "x.yaml:2: model.network.channels: found '33', expected a positive multiple of 4")]
    [InlineData("model:\n  network: {latent_sise: 4}\n", "x.yaml:2: model.network.latent_sise: there is no such key; did you mean 'latent_size'?")]
    [InlineData("objective:\n  kl_weigt: 1\n", "x.yaml:2: objective.kl_weigt: there is no such key; did you mean 'kl_weight'?")]
    [InlineData("augment:\n  silent_clips: 2\n", "x.yaml:1: ")]
    [InlineData("evaluate: {latent: mean, samples: 3}", "x.yaml:1: ")]
    [InlineData("name: a/b", "x.yaml:1: name: found 'a/b', expected letters")]
    [InlineData("train:\n  optimizer:\n    learning_rate: abc\n", "x.yaml:3: train.optimizer.learning_rate: found 'abc', expected a number above 0")]
    public void A_wrong_value_is_named_with_its_line(string yaml, string beginning) => Assert.StartsWith(beginning, Refusal(yaml));

    public static TheoryData<string> Shipped()
    {
        var data = new TheoryData<string>();
        foreach (var path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "experiments"), "*.yaml"))
            data.Add(Path.GetFileName(path));
        return data;
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Every_shipped_experiment_is_valid(string file)
    {
        var config = ExperimentFile.Load(Path.Combine(AppContext.BaseDirectory, "experiments", file));

        Assert.Equal(Path.GetFileNameWithoutExtension(file), config.Name);
    }
}
