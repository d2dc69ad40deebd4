using Avs.Models.AvsBench;
using Avs.Models.Backbones;
using Avs.Models.Ecmvae;
using Avs.Models.Losses;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests;

/// <summary>No choice of a network or of an objective is ignored: each changes a number.</summary>
public class ChoiceTests
{
    // Stochastic depth is the transformers' and the bound of s is far away from these numbers: both have tests of their own. The second
    // branch is ResNet-50's. Nothing within the baseline depends on the size of its pictures.
    private static bool IsTestedElsewhere(string family, string choice) =>
        choice is "DropPath=other" or "LogVarianceLimit=other" or "UnusedBranch=True"
            || (family, choice) is ("tpavi_resnet50", "ImageSize=other");

    private static Dictionary<string, NetworkConfig> Networks => new[] { "ecmvae_resnet50", "mi_resnet50", "tpavi_resnet50" }.ToDictionary(
        name => name, name => EveryModel.Narrow(ModelRegistry.Find(name).Config.Network));

    // All terms count, so that a change of any shows. A choice may matter beside some others only.
    private static Dictionary<string, (SegmentationObjective Objective, NetworkConfig Network)[]> Objectives => new()
    {
        ["ecmvae"] =
        [
            (new EcmvaeObjective
            {
                SimilarityWeight = 0.5, KlWeight = 0.5, KlAnnealing = 0.8, DifferenceWeight = 0.5, InformationWeight = 0.5,
                    Structure = new StructureLoss(5),
            }, Networks["ecmvae_resnet50"]),
        ],
        ["mi"] =
        [
            .. new[] { InformationRegulariser.CodePairs, InformationRegulariser.LowerBound }.Select(regulariser => (
                (SegmentationObjective)new DeterministicObjective { SimilarityWeight = 0.5, InformationWeight = 0.5,
                    Structure = new StructureLoss(5) },
                (NetworkConfig)((DeterministicConfig)Networks["mi_resnet50"] with { Regulariser = regulariser }))),
        ],
        ["tpavi"] =
        [
            (new AvsBenchObjective { MatchingWeight = 0.5 }, Networks["tpavi_resnet50"]),
            (new AvsBenchObjective { MatchingWeight = 0.5, Matching = MatchingForm.Cosine }, Networks["tpavi_resnet50"]),
        ],
    };

    public static IEnumerable<object[]> NetworkChoices() =>
        Networks.SelectMany(start => Changes.Of(start.Value).Where(change => !IsTestedElsewhere(start.Key, change.Name))
            .Select(change => new object[] { start.Key, change.Name }));

    public static IEnumerable<object[]> ObjectiveChoices() => Objectives.SelectMany(family =>
        family.Value.SelectMany(start => Changes.Of(start.Objective)).Select(change => change.Name).Distinct()
            .Select(name => new object[] { family.Key, name }));

    [Theory]
    [MemberData(nameof(NetworkChoices))]
    public void A_choice_of_the_network_changes_its_numbers(string family, string choice)
    {
        var start = Networks[family];
        var changed = (NetworkConfig)Changes.Of(start).Single(change => change.Name == choice).Changed;
        Assert.NotEqual(Numbers(start), Numbers(changed));
    }

    [Theory]
    [MemberData(nameof(ObjectiveChoices))]
    public void A_choice_of_the_objective_changes_the_loss(string family, string choice) => Assert.Contains(Objectives[family], start =>
    {
        var changed = Changes.Of(start.Objective).Where(change => change.Name == choice)
            .Select(change => (SegmentationObjective)change.Changed).SingleOrDefault();
        return changed is not null && Loss(start.Objective, start.Network) != Loss(changed, start.Network);
    });

    [Fact]
    public void Stochastic_depth_leaves_out_branches_in_training_only()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        Tensor Coarsest(double dropPath, bool training)
        {
            using var backbone = Given.Filled(BackboneRegistry.Create("pvt_v2_b0", dropPath));
            backbone.train(training);
            manual_seed(3);
            return backbone.call(Given.Uniform(1, -1, 1, 2, 3, 32, 32))[3];
        }
        Assert.Equal(0, Given.Distance(Coarsest(0.9, training: false), Coarsest(0, training: false)));
        Assert.NotEqual(0, Given.Distance(Coarsest(0.9, training: true), Coarsest(0, training: true)));
    }

    // Names, fresh weights, and of other weights both paths' logits for clips whose first frame alone has a mask, and the statistics that
    // they leave.
    private static (string Names, string Values) Numbers(NetworkConfig config)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var network = config.Create();
        var fresh = network.state_dict().Values.Select(Sum).ToArray();
        Given.Filled(network);
        network.train();
        var output = Forward(network, config, tensor(new long[] { 0, 2 }));
        double[] values =
            [.. fresh, Sum(output.Logits), output is EcmvaeOutput { Posterior: { } posterior }
                ? Sum(posterior.Logits)
                : 0, .. network.state_dict().Values.Select(Sum)];
        return (string.Join(' ', network.state_dict().Keys), string.Join(' ', values));
    }

    private static float Loss(SegmentationObjective objective, NetworkConfig config)
    {
        using var scope = NewDisposeScope();
        using var network = Given.Filled(config.Create());
        using var generator = new Generator(5);
        network.train();
        var input = Given.Batch(2, 2, 64) with { Masks = Given.Masks(13, 4, 1, 64, 64), Noise = new GeneratorNoise(generator) };
        return objective.Compute(Forward(network, config, null), input, 0.5).Total.item<float>();
    }

    private static SegmenterOutput Forward(SegmentationNetwork network, NetworkConfig config, Tensor? labelled)
    {
        using var generator = new Generator(7);
        return network.call(Given.Batch(2, 2, 64, labelled: labelled) with
        {
            AudioEmbedding = Given.Uniform(12, -1, 1, 4, config.AudioChannels),
            Noise = new GeneratorNoise(generator),
        });
    }

    // Places count, so that exchanged numbers show.
    private static double Sum(Tensor value)
    {
        var flat = value.detach().to(ScalarType.Float64).reshape(-1);
        return (flat * (arange(flat.numel(), dtype: ScalarType.Float64) * 0.001).cos()).sum().item<double>();
    }
}
