using Avs.Core;
using Avs.Train.Autoencoding;

namespace Avs.Train.Tests.Ablation;

public sealed class MatrixReaderTests : IDisposable
{
    private readonly MatrixFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_variant_meets_every_combination_of_values_and_every_seed()
    {
        var matrix = folder.Load("""
            base: base.yaml
            seeds: [1, 2]
            set: {train: {log_every: 3}, train.steps: 7}
            variants: [{name: full}, {name: no kl, set: {objective.kl_weight: 0}}]
            factors: {model.network.latent_size: [2, 8], data.batch_images: [4, 16]}
            """);

        Assert.Equal(("m", 16), (matrix.Name, matrix.Trials.Count));
        Assert.Equal(["latent_size", "batch_images"], matrix.FactorNames);
        Assert.Equal(
            ["full-latent_size_2-batch_images_4-seed_1", "full-latent_size_2-batch_images_4-seed_2",
            "full-latent_size_2-batch_images_16-seed_1"], matrix.Trials.Take(3).Select(trial => trial.Name));
        var last = matrix.Trials[^1];
        Assert.Equal("no_kl-latent_size_8-batch_images_16-seed_2", last.Name);
        Assert.Equal("no kl, 8, 16", last.Setting);
        Assert.Equal(("m", 2, 7, 3), (last.Experiment.Run.Name, last.Experiment.Run.Seed,
            last.Experiment.Run.Train.Steps, last.Experiment.Run.Train.LogEvery));
        Assert.Equal(16, ((AutoencodingConfig)last.Experiment.Config).Data.BatchImages);
    }

    [Fact]
    public void The_changes_of_a_trial_on_a_command_line_say_what_the_matrix_says()
    {
        var matrix = folder.Load("""
            base: base.yaml
            set: {data.root: "a, b: #1", train.epochs: null, model.network.encoder: {channels: [4, 8]}}
            factors: {model.network.latent_size: [2, 8]}
            """, "train.steps=9");

        Assert.All(matrix.Trials, trial => Assert.Equal(
            trial.Experiment.ToYaml(), MatrixFolder.Experiments.Load(trial.Base, trial.Changes).ToYaml()));
        Assert.Equal("a, b: #1", ((AutoencodingConfig)matrix.Trials[0].Experiment.Config).Data.Root);
        Assert.Equal(9, matrix.Trials[0].Experiment.Run.Train.Steps);
    }

    [Fact]
    public void A_variant_may_be_of_another_experiment_than_the_rest()
    {
        folder.Write("other.yaml", "task: autoencoding\nmodel: {name: ae_conv}\ntrain: {steps: 10, log_every: 4}\n");

        var matrix = folder.Load("""
            base: base.yaml
            set: {train.steps: 7}
            variants: [{name: full}, {name: other, base: other.yaml, set: {train.log_every: 5}}]
            """);

        Assert.Equal([folder.At("base.yaml"), folder.At("other.yaml")], matrix.Trials.Select(trial => Path.GetFullPath(trial.Base)));
        var (run, config) = (matrix.Trials[1].Experiment.Run, (AutoencodingConfig)matrix.Trials[1].Experiment.Config);
        Assert.Equal(("m", 7, 5, "ae_conv"), (run.Name, run.Train.Steps, run.Train.LogEvery, config.Model.Name));
    }

    [Fact]
    public void Two_factors_whose_names_end_alike_are_called_by_their_whole_names() => Assert.Equal(
        "train.optimizer.name_adam-train.schedule.name_cosine", folder.Load(
            "base: base.yaml\nfactors: {train.optimizer.name: [adam], train.schedule.name: [cosine, step]}").Trials[0].Name);

    [Theory]
    [InlineData("bas: base.yaml", "m.yaml:1: bas: there is no such key; did you mean 'base'?")]
    [InlineData("seeds: [1]", "m.yaml: base is missing, expected the experiment that is varied, relative to this file")]
    [InlineData("base: none.yaml\nseeds: [1]", "m.yaml:1: base: there is no configuration file '{0}/none.yaml'")]
    [InlineData("base: base.yaml", "m.yaml: found no variants, factors or seeds, expected at least one of them")]
    [InlineData("base: base.yaml\nname: a/b\nseeds: [1]",
        "m.yaml:2: name: found 'a/b', expected letters, digits, '_', '-' and '.', for it names a folder")]
    [InlineData("base: base.yaml\nseeds: 1", "m.yaml:2: seeds: found '1', expected a list of whole numbers")]
    [InlineData("base: base.yaml\nseeds: [1, x]", "m.yaml:2: seed: found 'x', expected a whole number")]
    [InlineData("base: base.yaml\nseeds: [1, 1]", "m.yaml:2: seeds: found '1' twice")]
    [InlineData("base: base.yaml\nfactors:\n  train.step: [1, 2]", "m.yaml:3: train.step: there is no such key; did you mean 'steps'?")]
    [InlineData("base: base.yaml\nfactors:\n  train.steps: [1, none]",
        "m.yaml:3: train.steps: found 'none', expected a whole number of at least 1")]
    [InlineData("base: base.yaml\nfactors:\n  train.steps: 1",
        "m.yaml:3: factors.train.steps: found '1', expected a list of values such as [32, 64]")]
    [InlineData("base: base.yaml\nfactors:\n  train.steps: [1, 1]", "m.yaml:3: factors.train.steps: found '1' twice")]
    [InlineData("base: base.yaml\nfactors:\n  seed: [1, 2]",
        "m.yaml:3: factors.seed: a matrix says that of all its trials, by its own key seeds: [1, 2, 3]")]
    [InlineData("base: base.yaml\nset: [1]\nseeds: [1]",
        "m.yaml:2: set: found a list, expected keys and values such as {{train.steps: 200}}")]
    [InlineData("base: base.yaml\nvariants:\n  - {name: a}\n  - {name: a, set: {seed: 1}}",
        "m.yaml:4: variants[1].set.seed: a matrix says that of all its trials, by its own key seeds: [1, 2, 3]")]
    [InlineData("base: base.yaml\nvariants:\n  - {name: a}\n  - {name: a, set: {train.steps: 1}}", "m.yaml:2: variants: found 'a' twice")]
    [InlineData("base: base.yaml\nvariants:\n  - {set: {train.steps: 1}}", "m.yaml:3: variants[0]: its name is missing")]
    [InlineData("base: base.yaml\nvariants:\n  - {name: a, sets: {train.steps: 1}}",
        "m.yaml:3: variants[0].sets: there is no such key; did you mean 'set'?")]
    [InlineData("base: base.yaml\nvariants:\n  - {name: a}\n  - {name: b, set: {train.steps: 10}}",
        "m.yaml: the trials 'a' (a) and 'b' (b) are the same experiment")]
    [InlineData("base: base.yaml\nseeds: [1]\nevaluate: {audio: [real]}",
        "m.yaml:3: evaluate: the trial 'seed_1' is of the task autoencoding, expected trials of segmentation; "
        + "others have their validations as columns")]
    [InlineData("base: base.yaml\nseeds: [1]\nevaluate: {split: test}",
        "m.yaml:3: evaluate.audio is missing, expected sounds and a split such as {{audio: [real, muted], split: test}}")]
    [InlineData("base: base.yaml\nseeds: [1]\nevaluate:\n  audio: [real, mute]",
        "m.yaml:4: evaluate.audio[1]: found 'mute', expected one of real, muted, noise, off_screen, swapped, other")]
    [InlineData("base: base.yaml\nvariants:\n  - {name: a, base: none.yaml}",
        "m.yaml:3: base: there is no configuration file '{0}/none.yaml'")]
    [InlineData("base: base.yaml\nvariants:\n  - {name: a, published: {miou: high}}",
        "m.yaml:3: variants[0].published.miou: found 'high', expected a number")]
    [InlineData("base: base.yaml\nvariants:\n  - {name: a, published: 81.7}",
        "m.yaml:3: variants[0].published: found '81.7', expected figures and their values such as {{miou: 0.817}}")]
    [InlineData("base: base.yaml\nvariants:\n  - {name: a b}\n  - {name: a_b, set: {train.steps: 1}}",
        "m.yaml: the trials 'a_b' (a b) and 'a_b' (a_b) would lie in the same folder")]
    [InlineData("base: base.yaml\nset: {train.steps: 3}\nfactors: {train.steps: [1, 2]}",
        "m.yaml:2: train.steps: this key is a factor, so nothing else sets it")]
    public void What_is_wrong_is_said_in_one_sentence(string yaml, string sentence)
    {
        var e = Assert.Throws<UsageException>(() => folder.Load(yaml));

        Assert.Equal(string.Format(sentence, folder.At("")), e.Message.Replace(folder.At("m.yaml"), "m.yaml"));
    }

    [Fact]
    public void A_trial_that_there_is_not_is_refused_by_the_name_that_is_near()
    {
        var e = Assert.Throws<UsageException>(() => folder.Load(MatrixFolder.TwoByTwo)["ful-seed_1"]);

        Assert.EndsWith("m.yaml has no trial 'ful-seed_1'; did you mean 'full-seed_1'?", e.Message);
    }
}
