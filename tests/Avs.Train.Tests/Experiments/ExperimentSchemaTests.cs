using System.Globalization;
using System.Text.Json.Nodes;
using Avs.Core.Configuration;
using Avs.Train.Experiments;
using Json.Schema;

namespace Avs.Train.Tests.Experiments;

/// <summary>The schema for editors says of a file what the program says.</summary>
public sealed class ExperimentSchemaTests
{
    private static readonly string Text = ExperimentSchema.Write(TrainingTasks.All);
    private static readonly JsonSchema Schema = JsonSchema.FromText(Text);

    public static TheoryData<string> Files => ShippedExperimentTests.Files;

    [Fact]
    public void The_file_in_the_repository_is_what_the_program_writes()
    {
        Assert.True(Text == File.ReadAllText(Repository.At("experiments/schema.json")),
            "experiments/schema.json is not what the program writes now: ./avs config schema > experiments/schema.json");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_shipped_experiment_is_valid_as_it_is_and_as_a_whole(string file)
    {
        var path = Repository.At($"experiments/{file}");

        AssertValid(ConfigSource.LoadFile(path));
        AssertValid(ConfigSource.Parse(new ExperimentReader(TrainingTasks.All).Load(path).ToYaml(), file));
    }

    [Theory]
    [InlineData("seed: 1")]
    [InlineData("base: x.yaml\naugment: {silent_clips: 0.1}")]
    [InlineData("base: x.yaml\ndata: {batch_images: 5}")]
    [InlineData("base: x.yaml\nobjective: {matching_weight: 0.5}")] // the base may name a preset of that family
    [InlineData("model: {name: tpavi_small}\nobjective: {matching_weight: 0.5}")]
    [InlineData("train: {minutes: null, epochs: ~, clip_norm: 2}")]
    [InlineData("task: autoencoding\nmodel: {name: iwae_mlp, network: {samples: 3}}")]
    public void What_the_program_takes_is_valid(string yaml) => AssertValid(ConfigSource.Parse(yaml, "x.yaml"));

    [Theory]
    [InlineData("sead: 1")]
    [InlineData("seed: one")]
    [InlineData("seed: null")]
    [InlineData("train: {stpes: 3}")]
    [InlineData("train: {steps: 0}")]
    [InlineData("train: {steps: 2.5}")]
    [InlineData("train: [1]")]
    [InlineData("train:")]
    [InlineData("train: {optimizer: {name: adamm}}")]
    [InlineData("train: {optimizer: {learning_rate: 0}}")]
    [InlineData("train: {optimizer: {decay_matrices_only: 1}}")]
    [InlineData("task: segmentatoin")]
    [InlineData("model: {name: ecmvae_smal}")]
    [InlineData("model: {network: {backbone: resnet500}}")]
    [InlineData("model: {network: {channels: 33}}")]
    [InlineData("model: {name: tpavi_small, network: {tpavi_stages: [0, 0]}}")]
    [InlineData("model: {name: tpavi_small, network: {tpavi_stages: [0, 4]}}")]
    [InlineData("model: {name: tpavi_small}\nobjective: {kl_weight: 0.5}")] // a key of another family
    [InlineData("objective: {matching_weight: 0.5}")] // without a base it is the usual preset
    [InlineData("objective: {structure: {box_size: 4}}")]
    [InlineData("base: x.yaml\nobjective: {zzz: 1}")]
    [InlineData("task: autoencoding\naugment: {silent_clips: 0.1}")] // a section of another task
    [InlineData("task: multimodal\ndata: {batch_images: 5}")]
    [InlineData("task: autoencoding\ndata: {set: cifar}")]
    [InlineData("base: [a.yaml, b.yaml]")]
    public void What_the_program_refuses_is_not(string yaml)
    {
        Assert.False(Evaluate(ConfigSource.Parse(yaml, "x.yaml")).IsValid);
        if (!yaml.StartsWith("base", StringComparison.Ordinal))
            Assert.Throws<Avs.Core.UsageException>(() => new ExperimentReader(TrainingTasks.All).Parse(yaml));
    }

    [Fact]
    public void Every_key_of_training_is_explained_where_its_record_explains_it()
    {
        var train = JsonNode.Parse(Text)!["definitions"]!["TrainConfig"]!;

        Assert.Equal("How a model is trained.", train["description"]!.GetValue<string>());
        Assert.Equal(
            "Passes over the training data; where given it takes the place of steps. ECMVAE: 15 (S4), 30 (MS3).",
            train["properties"]!["epochs"]!["description"]!.GetValue<string>());
    }

    private static EvaluationResults Evaluate(ConfigNode node) =>
        Schema.Evaluate(Node(node), new EvaluationOptions { OutputFormat = OutputFormat.List });

    private static void AssertValid(ConfigNode node)
    {
        var result = Evaluate(node);
        Assert.True(result.IsValid, string.Join('\n', result.Details.Where(detail => detail.HasErrors).Select(detail =>
            $"{detail.InstanceLocation}: {string.Join(", ", detail.Errors!.Values)}")));
    }

    // As an editor reads YAML 1.2.
    private static JsonNode? Node(ConfigNode node) => node switch
    {
        ConfigMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Node(entry.Value)))),
        ConfigList list => new JsonArray([.. list.Items.Select(Node)]),
        ConfigScalar { IsNull: true } => null,
        ConfigScalar { Quoted: false, Text: "true" or "false" } truth => truth.Text == "true",
        ConfigScalar { Quoted: false } number
            when double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        ConfigScalar text => text.Text,
        _ => throw new NotSupportedException($"{node.GetType()}"),
    };
}
