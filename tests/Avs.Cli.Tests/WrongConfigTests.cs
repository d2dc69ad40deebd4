using System.Text.RegularExpressions;

namespace Avs.Cli.Tests;

/// <summary>
/// What can be wrong with an experiment: one sentence, which names the file, the line or the key, what was found, what was expected.
/// </summary>
public sealed class WrongConfigTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    // FILE stands for the file's path, FOLDER for its folder's, … for anything.
    [Theory]
    [InlineData("a typo in a key", "train:\n  stpes: 3\n", "FILE:2: train.stpes: there is no such key; did you mean 'steps'?")]
    [InlineData("a typo in a section", "seed: 1\nmodle: {name: x}\n", "FILE:2: modle: there is no such key; did you mean 'model'?")]
    [InlineData("a wrong type", "train:\n  steps: many\n", "FILE:2: train.steps: found 'many', expected a whole number of at least 1")]
    [InlineData("a fraction", "train: {steps: 2.5}", "FILE:1: train.steps: found '2.5', expected a whole number of at least 1")]
    [InlineData("text for keys", "train: fast\n", "FILE:1: train: found 'fast', expected keys and values")]
    [InlineData("a list for a value", "seed: [1, 2]\n", "FILE:1: seed: found a list, expected a whole number")]
    [InlineData("a value for a list", "model: {name: tpavi_small, network: {tpavi_stages: 2}}",
        "FILE:1: model.network.tpavi_stages: found '2', expected a list of whole numbers from 0 to 3 such as [1, 2]")]
    [InlineData("keys for a value", "name: {a: 1}", "FILE:1: name: found keys and values, expected text")]
    [InlineData("nothing", "train:\n  steps:\n", "FILE:2: train.steps: found nothing, expected a whole number of at least 1")]
    [InlineData("a negative rate", "train:\n  optimizer:\n    learning_rate: -1.0e-3\n",
        "FILE:3: train.optimizer.learning_rate: found '-1.0e-3', expected a number above 0")]
    [InlineData("a number too large", "train: {steps: 3000000000}",
        "FILE:1: train.steps: found '3000000000', expected a whole number of at least 1 and not above 2147483647")]
    [InlineData("an unknown word", "train: {optimizer: {name: adamm}}",
        "FILE:1: train.optimizer.name: found 'adamm', expected one of adamw, adam, sgd")]
    [InlineData("an unknown backbone", "model:\n  network: {backbone: resnet500}",
        "FILE:2: model.network.backbone: found 'resnet500', expected one of small_residual, …; did you mean 'resnet50'?")]
    [InlineData("an unknown model", "model: {name: ecmvae_smal}",
        "FILE:1: model.name: found 'ecmvae_smal', expected one of ecmvae_small, …; did you mean 'ecmvae_small'?")]
    [InlineData("an unknown task", "task: segmentatoin",
        "FILE:1: task: found 'segmentatoin', expected one of segmentation, …; did you mean 'segmentation'?")]
    [InlineData("a section of another task", "task: autoencoding\naugment: {flip: clip}",
        "FILE:2: augment: experiments of the task autoencoding have no such key, only those of segmentation; the keys here are name, …")]
    [InlineData("a key of another model", "model: {name: tpavi_small}\nobjective:\n  kl_weight: 0.1\n",
        "FILE:3: objective.kl_weight: a model such as ecmvae_small has this key, but not tpavi_small"
        + "; its keys here are matching_weight, …")]
    [InlineData("a matrix", "base: x.yaml\nvariants: [{name: full}]",
        "FILE:2: variants: found a key of a matrix of runs, expected an experiment; 'avs ablate' trains a matrix", "x.yaml")]
    [InlineData("a combination", "evaluate:\n  latent: mean\n  samples: 3\n",
        "FILE:3: evaluate.samples: found '3', expected 1, for evaluate.latent is mean; sample takes more")]
    [InlineData("a combination of run and task", "task: multimodal\ntrain: {replicas: 2}",
        "FILE:2: train.replicas: found '2', expected 1, for multimodal does not share its batches between copies of the model")]
    [InlineData("a combination of sections", "model: {name: tpavi_small, network: {attention: picture}}\nobjective: {matching_weight: 0.5}",
        "FILE:2: objective.matching_weight: found '0.5',"
        + " expected 0, for the network has no sound at level 0 (objective.matching_stages may "
        + "leave levels out)")]
    [InlineData("a name that is no folder's", "name: a/b", "FILE:1: name: found 'a/b', expected letters, digits, '_', '-' and '.', …")]
    [InlineData("a missing base", "seed: 1\nbase: gone.yaml\n", "FILE:2: base: there is no configuration file 'FOLDER/gone.yaml'")]
    [InlineData("two bases", "base: [a.yaml, b.yaml]",
        "FILE:1: base: expected the name of one YAML file, relative to this one")]
    [InlineData("a circle", "base: wrong.yaml\n", "FILE:1: base: 'FILE' inherits from itself")]
    [InlineData("no bytes", "", "FILE is empty (0 bytes), expected a YAML file of an experiment")]
    [InlineData("nothing but a comment", "# seed: 1\n", "FILE holds no keys and values, expected an experiment such as 'seed: 1'")]
    [InlineData("a list", "- seed: 1\n", "FILE:1: found a list, expected keys and values such as 'seed: 1'")]
    [InlineData("two documents", "seed: 1\n---\nseed: 2\n", "FILE:2: a second YAML document begins here, expected only one in a file")]
    [InlineData("a tab", "train:\n\tsteps: 3\n", "FILE:2: this is not valid YAML: found a tab in the indentation, expected spaces")]
    [InlineData("a key twice", "seed: 1\nname: a\nseed: 2\n", "FILE:3: the key 'seed' is given twice, here and in line 1")]
    [InlineData("an open bracket", "name: a\ntrain: {steps: 3\n",
        "FILE:2: this is not valid YAML: the bracket '{' is not closed, or a comma or a colon is missing behind it")]
    [InlineData("no space", "seed: 1\nname:a\n", "FILE:2: this is not valid YAML: a space is missing after the colon in 'name:a'")]
    public void An_experiment_is_refused(string fault, string yaml, string sentence, string? also = null)
    {
        _ = fault;
        if (also is not null)
            File.WriteAllText(folder.At(also), "seed: 1\n");
        var path = folder.At("wrong.yaml");
        File.WriteAllText(path, yaml);

        AssertRefused(path, sentence.Replace("FILE", path).Replace("FOLDER", Path.GetDirectoryName(path)), []);
    }

    [Theory]
    [InlineData("train.steps", "--set: found 'train.steps', expected KEY=VALUE such as train.steps=200")]
    [InlineData("trian.steps=3", "--set: trian: there is no such key; did you mean 'train'?")]
    [InlineData("train.optimizer.learning_rate=-1", "--set: train.optimizer.learning_rate: found '-1', expected a number above 0")]
    [InlineData("seed=[1", "--set: this is not valid YAML: …")]
    public void A_change_on_the_command_line_is_refused(string change, string sentence)
    {
        File.WriteAllText(folder.At("x.yaml"), "seed: 1\n");

        AssertRefused(folder.At("x.yaml"), sentence, ["--set", change]);
    }

    [Fact]
    public void What_is_no_file_of_text_is_refused()
    {
        AssertRefused(folder.At("gone.yaml"), $"there is no configuration file '{folder.At("gone.yaml")}'", []);
        var run = Directory.CreateDirectory(folder.At("my run")).FullName;
        AssertRefused(
            run, $"{run} is a folder, expected a YAML file; a run is continued with: avs train --resume '{run}'", []);
        AssertRefused(Repository.At("docs/demo.png"), "… is …PNG…, expected a YAML file of an experiment", []);
    }

    // By every verb that reads one.
    private static void AssertRefused(string path, string sentence, string[] options)
    {
        foreach (var verb in new[] { "train", "config show" })
        {
            var typed = Typed.Line([.. verb.Split(' '), path, .. options]);

            Assert.Equal(2, typed.Code);
            Assert.Matches($"^{Regex.Escape(sentence).Replace("…", ".+")}$", typed.Sentence);
            Assert.Empty(typed.Out);
        }
    }
}
