using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Models.AvsBench;
using Avs.Models.Ecmvae;
using Avs.Models.Weights;
using Avs.Train.Experiments;
using Avs.Train.Segmentation;
using Avs.Train.Training;

namespace Avs.Train.Tests.Experiments;

/// <summary>The experiments of experiments/avsbench are the authors'.</summary>
public sealed class AvsBenchExperimentTests
{
    private static readonly ExperimentReader Reader = new(TrainingTasks.All);

    public static TheoryData<string> Files =>
        [.. ShippedExperimentTests.All.Where(file => file.StartsWith("avsbench/", StringComparison.Ordinal))];

    private static (RunConfig Run, SegmentationConfig Config) Load(string file)
    {
        var experiment = Reader.Load(Repository.At($"experiments/{file}"));
        return (experiment.Run, (SegmentationConfig)experiment.Config);
    }

    [Theory]
    [InlineData("ecmvae_{0}_s4", 1234, 15, 0)]
    [InlineData("ecmvae_{0}_ms3", 1234, 30, 0.5)]
    [InlineData("ecmvae_{0}_ms3_from_s4", 1234, 30, 0.5)]
    [InlineData("ecmvae_{0}_reference_s4", 1234, 15, 0)]
    [InlineData("ecmvae_{0}_reference_ms3", 1234, 30, 0.5)]
    [InlineData("tpavi_{0}_s4", 123, 15, 0)]
    [InlineData("tpavi_{0}_ms3", 123, 30, 0.5)]
    [InlineData("tpavi_{0}_ms3_from_s4", 123, 30, 0.5)]
    public void The_values_are_those_of_the_releases(string name, long seed, int epochs, double matching)
    {
        foreach (var backbone in new[] { "resnet50", "pvt_v2_b5" })
        {
            var (run, config) = Load($"avsbench/{string.Format(CultureInfo.InvariantCulture, name, backbone)}.yaml");
            var weight = config.Objective switch
            {
                EcmvaeObjective objective => objective.SimilarityWeight,
                AvsBenchObjective objective => objective.MatchingWeight,
                _ => double.NaN,
            };

            Assert.Equal((seed, epochs, matching), (run.Seed, run.Train.Epochs!.Value, weight));
            Assert.Equal(
                (OptimizerName.Adam, 1e-4, 0.0),
                (run.Train.Optimizer.Name, run.Train.Optimizer.LearningRate, run.Train.Optimizer.WeightDecay));
            Assert.Equal((backbone, 224, 4), (config.Model.Network.Backbone, config.Model.Network.ImageSize, config.Data.BatchClips));
            Assert.Equal(name.Contains("ms3", StringComparison.Ordinal) ? Subset.MS3 : Subset.S4, config.Data.Subset);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_a_model_starts_from_is_published_or_trained_by_another_of_them(string file)
    {
        var model = Load(file).Config.Model;
        if (model.Weights is { } run)
        {
            Assert.Matches("^runs/[a-z0-9_]+/first$", run);
            Assert.Equal(model.Network, Load($"avsbench/{run.Split('/')[1]}.yaml").Config.Model.Network);
        }
        else
        {
            AssertPublished("model.backbone_weights", model.BackboneWeights, model.Network.Backbone);
        }
        AssertPublished("model.audio_weights", model.AudioWeights, model.Audio);
    }

    [Theory]
    [InlineData("resnet50")]
    [InlineData("pvt_v2_b5")]
    [InlineData("vggish")]
    public void The_base_lists_the_files_and_where_they_are_offered(string network)
    {
        var published = PublishedWeights.Of(network)!;

        Assert.Matches(
            $@"# +{Regex.Escape(string.Join(" or ", published.Files))} +{Regex.Escape(published.Publisher)}\n",
            File.ReadAllText(Repository.At("experiments/avsbench/s4.yaml")));
    }

    // The folder is not there, and the sentence says what is to be put into it and where that is offered.
    private static void AssertPublished(string key, string? folder, string network) => Assert.StartsWith(
        $"{key}: weights does not exist; the weights of {network} are published as ",
        Assert.Throws<DataException>(() => PublishedFile.Find(key, folder!, network)).Message);
}
