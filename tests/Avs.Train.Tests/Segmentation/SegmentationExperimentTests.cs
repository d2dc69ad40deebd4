using Avs.Core;
using Avs.Data.Batches;
using Avs.Models;
using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using Avs.Train.Segmentation;

namespace Avs.Train.Tests.Segmentation;

public sealed class SegmentationExperimentTests
{
    private static string Refusal(string yaml) => Assert.Throws<UsageException>(() => SegmentationExperiment.Parse(yaml, "x.yaml")).Message;

    [Fact]
    public void The_model_section_starts_from_the_preset_it_names()
    {
        var preset = ModelRegistry.Find("ecmvae_small").Config;
        var config = SegmentationExperiment.Parse("model: {name: ecmvae_small, network: {latent_size: 8}}");

        Assert.Equal((EcmvaeConfig)preset.Network with { LatentSize = 8 }, config.Task.Model.Network);
    }

    [Fact]
    public void The_preset_says_which_family_s_keys_there_are()
    {
        var config = SegmentationExperiment.Parse(
            "model: {name: mi_resnet50, network: {regulariser: lower_bound}}\nobjective: {information_weight: 0.1}");

        Assert.Equal(InformationRegulariser.LowerBound, Assert.IsType<DeterministicConfig>(config.Task.Model.Network).Regulariser);
        Assert.Equal(0.1, Assert.IsType<DeterministicObjective>(config.Task.Objective).InformationWeight);
        Assert.Equal(config, SegmentationExperiment.Parse(config.ToYaml()));
    }

    [Fact]
    public void A_release_s_preset_brings_its_habits_and_an_experiment_may_change_them()
    {
        var release = SegmentationExperiment.Parse("model: {name: ecmvae_resnet50_reference}");
        var changed = SegmentationExperiment.Parse(
            "model: {name: ecmvae_resnet50_reference}\naugment: {flip: clip}\nevaluate: {latent: mean}\nobjective: {js: geometric}");

        Assert.Equal(LatentMode.ReferenceSingleSample, release.Task.Evaluate.Latent);
        Assert.Equal(FlipMode.ReferencePerFrame, release.Task.Augment.Flip);
        Assert.Equal(EcmvaeObjective.Reference, release.Task.Objective);
        Assert.Equal(LatentMode.Mean, changed.Task.Evaluate.Latent);
        Assert.Equal(FlipMode.Clip, changed.Task.Augment.Flip);
        Assert.Equal(EcmvaeObjective.Reference with { Js = JsMode.Geometric }, changed.Task.Objective);
    }

    [Fact]
    public void The_written_experiment_is_read_back_to_the_same()
    {
        var config = SegmentationExperiment.Parse(
            "seed: 9\ntrain: {ema: 0.99}\ndata: {frames_drawn: 2}\nobjective: {structure: {box_size: 13}}\naugment: {silent_clips: 0.05}");

        Assert.Equal(config, SegmentationExperiment.Parse(config.ToYaml()));
    }

    [Theory]
    [InlineData("model:\n  name: ecmvae_smal\n", "x.yaml:2: model.name: found 'ecmvae_smal', expected one of ")]
    [InlineData("model:\n  audio: smal\n", "x.yaml:2: model.audio: found 'smal', expected one of ")]
    [InlineData(
        "model:\n  network:\n    backbone: patchez\n", "x.yaml:3: model.network.backbone: found 'patchez', expected one of small_residual")]
    [InlineData("model:\n  network: {channels: 33}\n",
        "x.yaml:2: model.network.channels: found '33', expected a whole number above 0 and divisible by 4")]
    [InlineData("model:\n  network: {latent_sise: 4}\n",
        "x.yaml:2: model.network.latent_sise: there is no such key; did you mean 'latent_size'?")]
    [InlineData("objective:\n  kl_weigt: 1\n", "x.yaml:2: objective.kl_weigt: there is no such key; did you mean 'kl_weight'?")]
    [InlineData("augment:\n  silent_clips: 2\n", "x.yaml:2: augment.silent_clips: found '2', expected a number from 0 to 1")]
    [InlineData("augment:\n  crop_scale: 0\n", "x.yaml:2: augment.crop_scale: found '0', expected a number above 0 and at most 1")]
    [InlineData("evaluate:\n  latent: mean\n  samples: 3",
        "x.yaml:3: evaluate.samples: found '3', expected 1, for evaluate.latent is mean; sample takes more")]
    [InlineData("data:\n  subset: avss\nmodel:\n  network: {classes: 1}\n",
        "x.yaml:4: model.network.classes: found '1', expected how many classes the data have, the background among them (AVSBench: 71), "
        + "for data.subset is avss")]
    [InlineData("model:\n  network: {classes: 71}\n",
        "x.yaml:2: model.network.classes: found '71', expected 1, for data.subset is not avss")]
    [InlineData("model: {name: tpavi_small, network: {tpavi_stages: [1, 4]}}",
        "x.yaml:1: model.network.tpavi_stages[1]: found '4', expected a whole number from 0 to 3")]
    [InlineData("model: {name: tpavi_small}\nobjective: {matching_stages: []}",
        "x.yaml:2: objective.matching_stages: found '[]', expected at least one level")]
    [InlineData("task: segmentatoin", "x.yaml:1: task: found 'segmentatoin', expected one of segmentation")]
    [InlineData("trian: {steps: 3}", "x.yaml:1: trian: there is no such key; did you mean 'train'?")]
    [InlineData("modle: {name: x}", "x.yaml:1: modle: there is no such key; did you mean 'model'?")]
    [InlineData("name: a/b", "x.yaml:1: name: found 'a/b', expected letters")]
    [InlineData("train:\n  optimizer:\n    learning_rate: abc\n",
        "x.yaml:3: train.optimizer.learning_rate: found 'abc', expected a number above 0")]
    public void A_wrong_value_is_named_with_its_line(string yaml, string beginning) => Assert.StartsWith(beginning, Refusal(yaml));

    // Keys as they were written before they moved.
    private const string Former =
        "name: old\ntrain:\n  batch_clips: 6\n  pairing: true\n  frames_drawn: 2\n  steps: 9\nevaluate: {every: 3, clips: 2}\n";

    [Fact]
    public void A_former_experiment_is_read_as_what_it_means_today()
    {
        var config = SegmentationExperiment.Parse(Former);

        Assert.Equal((6, true, 2), (config.Task.Data.BatchClips, config.Task.Data.Pairing, config.Task.Data.FramesDrawn));
        Assert.Equal((9, 3, 2), (config.Run.Train.Steps, config.Run.Train.ValidateEvery, config.Task.Evaluate.Clips));
        Assert.Equal(config, SegmentationExperiment.Parse(config.ToYaml()));
    }

    [Fact]
    public void A_former_name_in_an_override_wins_over_todays_in_the_file_and_is_said_once()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, "name: x\ndata: {batch_clips: 6}\n");
        try
        {
            var notes = new List<string>();
            var config = SegmentationExperiment.Load(path, ["train.batch_clips=2", "train.pairing=yes"], notes.Add);

            Assert.Equal((2, true), (config.Task.Data.BatchClips, config.Task.Data.Pairing));
            Assert.Equal("note: train.batch_clips is now data.batch_clips (--set); train.pairing is now data.pairing (--set); former names "
                + "are understood, but write the new ones in new files",
                Assert.Single(notes));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
