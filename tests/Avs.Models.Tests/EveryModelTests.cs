using Avs.Models.Audio;
using Avs.Models.AvsBench;
using Avs.Models.Segmentation;
using TorchSharp;

namespace Avs.Models.Tests;

/// <summary>The test body of <see cref="EveryModel"/> over every registered model and every choice of its network, in small.</summary>
public class EveryModelTests
{
    // In small the two backbones of a model are the same.
    public static TheoryData<string> NamesInSmall() =>
        [.. ModelRegistry.All.DistinctBy(preset => (EveryModel.Narrow(preset.Config.Network), preset.Objective))
            .Select(preset => preset.Name)];

    public static IEnumerable<object[]> Variants() =>
        ((string[])["ecmvae_resnet50", "mi_resnet50", "tpavi_resnet50"])
            .SelectMany(family => VariantsOf(family).Select(variant => new object[] { family, variant.Name }));

    [Theory]
    [MemberData(nameof(NamesInSmall))]
    public void A_narrow_copy_works(string name) => EveryModel.Works(InSmall(name), (64, 96));

    // Pictures that are not square, clips of one and three frames, one clip and three: each clip is answered as if it were alone, and a
    // step gives finite numbers.
    [Theory]
    [MemberData(nameof(NamesInSmall))]
    public void A_narrow_copy_takes_pictures_and_clips_of_any_shape(string name)
    {
        using var scope = torch.NewDisposeScope();
        var preset = InSmall(name);
        using var model = Given.Filled(preset.Create());
        foreach (var (clips, frames, height, width) in new[] { (1, 1, 64, 96), (3, 1, 96, 64), (1, 3, 64, 160), (3, 3, 96, 64) })
        {
            var batch = EveryModel.Cut(Given.Batch(clips, frames, Math.Max(height, width)), height, width);
            model.eval();
            using (torch.inference_mode())
            {
                var together = model.Predict(batch with { Masks = null }, LatentAtTest.Mean, new ZeroNoise()).Logits;
                Assert.Equal([clips * frames, 1L, height, width], together.shape);
                for (var clip = 0; clip < clips; clip++)
                {
                    torch.Tensor Rows(torch.Tensor all) => all.narrow(0, clip * frames, frames);
                    var alone = model.Predict(batch with { Images = Rows(batch.Images), LogMel = Rows(batch.LogMel!), Masks = null },
                        LatentAtTest.Mean, new ZeroNoise()).Logits;
                    Assert.True(Given.Distance(alone, Rows(together)) < 1e-4,
                        $"clip {clip} of {clips} with {frames} frames of {height}x{width}");
                }
            }

            using var generator = new torch.Generator(7);
            var noise = new GeneratorNoise(generator);
            model.train();
            batch = batch with { Noise = noise };
            var loss = preset.Objective.Compute(model.call(batch), batch).Total;
            loss.backward();
            Assert.True(float.IsFinite(loss.item<float>()), $"the loss of {clips} clips with {frames} frames of {height}x{width}");
            Assert.All(model.parameters()
                .Where(parameter => parameter.grad is not null), parameter => Assert.True(parameter.grad!.isfinite().all().item<bool>()));
            model.zero_grad();
        }
    }

    // Of each clip of two frames only the first has a mask.
    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_choice_works(string family, string name) =>
        EveryModel.Works(Create(family, name), (64, 96), [0, 2]);

    [Fact]
    public void The_body_runs_over_all_models_with_their_own_widths() => Assert.Equal(
        ModelRegistry.All.Select(preset => preset.Name).Order(),
        ((string[])[.. EveryPvtModelTests.Names(), .. EveryOtherModelTests.Names()]).Order());

    /// <summary>A narrow model, or one of its family's choices out of <see cref="Variants"/>.</summary>
    internal static ModelPreset Create(string name, string variant = "") => variant.Length == 0
        ? InSmall(name)
        : WithNetwork(InSmall(name), VariantsOf(name).Single(choice => choice.Name == variant).Network);

    private static IEnumerable<(string Name, NetworkConfig Network)> VariantsOf(string family)
    {
        var narrow = EveryModel.Narrow(ModelRegistry.Find(family).Config.Network);
        foreach (var (name, changed) in Changes.Of(narrow, choicesOnly: true))
            yield return (name, (NetworkConfig)changed);
        if (narrow is AvsBenchConfig baseline)
            yield return ("TpaviStages=3", baseline with { TpaviStages = [3] });
    }

    private static ModelPreset InSmall(string name) =>
        WithNetwork(ModelRegistry.Find(name), EveryModel.Narrow(ModelRegistry.Find(name).Config.Network));

    private static ModelPreset WithNetwork(ModelPreset preset, NetworkConfig network) =>
        preset with { Config = preset.Config with { Audio = "small", FreezeAudio = false, Network = network } };
}

/// <summary>The same body over the registered models as they are, and what the registry says of them.</summary>
public abstract class RegisteredModelTests
{
    private protected static TheoryData<string> NamesWhere(Func<string, bool> backbone) =>
        [.. ModelRegistry.All.Where(preset => backbone(preset.Config.Network.Backbone)).Select(preset => preset.Name)];

    private protected static void Works(string name)
    {
        // Two classes of these tests run beside each other, a processor each.
        torch.set_num_threads(1);
        var preset = ModelRegistry.Find(name);
        // One of them with VGGish, whose 72 million parameters are the same in all.
        EveryModel.Works(
            name == "ecmvae_resnet50"
                ? preset
                : preset with { Config = preset.Config with { Audio = "small" } }, (32, 64), look: model => IsAsListed(model, preset));
    }

    private static void IsAsListed(AudioVisualSegmenter model, ModelPreset preset)
    {
        var learnsToHear = preset.Config.Network.UsesSound && !AudioRegistry.Find(preset.Config.Audio).Frozen;
        Assert.Equal(preset.Parameters, (learnsToHear ? model : (torch.nn.Module)model.Network).parameters()
            .Sum(parameter => parameter.numel()));
        Assert.All(model.named_parameters(),
            entry => Assert.Equal(EveryModel.IsDead(entry.name, preset.Config.Network), model.IsUnused(entry.name)));
    }
}

/// <summary>Those on a PVTv2.</summary>
[Trait("Speed", "Slow")]
public class EveryPvtModelTests : RegisteredModelTests
{
    public static TheoryData<string> Names() => NamesWhere(backbone => backbone.StartsWith("pvt", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_registered_model_works(string name) => Works(name);
}

/// <summary>All others.</summary>
[Trait("Speed", "Slow")]
public class EveryOtherModelTests : RegisteredModelTests
{
    public static TheoryData<string> Names() => NamesWhere(backbone => !backbone.StartsWith("pvt", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_registered_model_works(string name) => Works(name);
}
