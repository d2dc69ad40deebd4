using System.Text.Json;
using Avs.Core;
using Avs.Eval.EcmvaeCodes;
using Avs.Eval.Tests.Evaluation;
using Avs.Models;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.EcmvaeCodes;

public sealed class EcmvaeProbeTests
{
    [Fact]
    public void The_centre_of_a_mask_says_its_quadrant()
    {
        using var scope = NewDisposeScope();
        var masks = zeros(4, 1, 4, 4);
        masks[0, 0, 0, 0] = 1; // top left
        masks[1, 0, 1, 3] = 1;
        masks[2, 0, 3, 0] = 1;
        masks[2, 0, 3, 1] = 1;
        IEnumerable<string?> expected = ["top left", "top right", "bottom left", null];
        Assert.Equal(expected, CodePass.CentreQuadrants(masks));
    }

    [Fact]
    public void An_ecmvae_is_probed_for_class_position_and_silent_object()
    {
        using var model = ModelRegistry.Find("ecmvae_small").Create();
        var result = EcmvaeProbes.Run(model, FakeClips.WithScenes(), FakeClips.WithScenes(), new CodePassOptions(96));
        Assert.Equal((12, 12), (result.TrainFrames, result.TestFrames)); // six clips of two labelled frames
        (string, string, string)[] expected =
        [
            ("c", "class", "high"), ("s_v", "class", "low"), ("s_a", "class", "low"),
            ("c", "position", "low"), ("s_v", "position", "high"), ("s_a", "position", "low"),
            ("c", "silent object", "low"), ("s_v", "silent object", "high"), ("s_a", "silent object", "low"),
        ];
        Assert.Equal(expected, result.Prior.Select(probe => (probe.Code, probe.Factor, probe.ShouldBe)));
        Assert.Equal(expected, result.Posterior.Select(probe => (probe.Code, probe.Factor, probe.ShouldBe)));
        Assert.All(result.Prior, probe => Assert.InRange(probe.Accuracy!.Value, 0, 1));
        Assert.Equal(1 / 3.0, result.Prior[0].Chance!.Value, 1e-12);
        Assert.Contains("\"should_be\":\"high\"", JsonSerializer.Serialize(result, EcmvaeCodesJson.Default.EcmvaeProbeResult));
    }

    [Fact]
    public void Clips_without_scenes_have_no_silent_object()
    {
        using var model = ModelRegistry.Find("ecmvae_small").Create();
        var clips = FakeClips.WithoutScenes("cat", "dog", "cat", "dog", "cat", "dog");
        var result = EcmvaeProbes.Run(model, clips, clips, new CodePassOptions(96));
        Assert.Equal(["class", "position"], result.Prior.Select(probe => probe.Factor).Distinct());
    }

    [Fact]
    public void Where_there_is_nothing_to_probe_there_is_no_number()
    {
        using var model = ModelRegistry.Find("ecmvae_small").Create();
        var (cats, others) = (FakeClips.WithoutScenes("cat", "cat"), FakeClips.WithoutScenes("dog", "dog"));
        var result = EcmvaeProbes.Run(model, cats, others, new CodePassOptions(96));
        var ofClass = result.Prior.Where(probe => probe.Factor == "class").ToArray();
        Assert.Equal(3, ofClass.Length);
        Assert.All(ofClass, probe => Assert.Equal((null, null), (probe.Accuracy, probe.Chance)));
        Assert.Contains("\"accuracy\":null,\"chance\":null", JsonSerializer.Serialize(result, EcmvaeCodesJson.Default.EcmvaeProbeResult));
    }

    [Fact]
    public void Where_the_most_frequent_class_is_not_in_the_test_it_is_no_yardstick()
    {
        using var model = ModelRegistry.Find("ecmvae_small").Create();
        var result = EcmvaeProbes.Run(
            model, FakeClips.WithoutScenes("cat", "cat", "dog", "cow"), FakeClips.WithoutScenes("dog", "cow"), new CodePassOptions(96));
        var probe = result.Prior.First(probe => probe.Factor == "class");
        Assert.NotNull(probe.Accuracy);
        Assert.Null(probe.Chance);
    }

    [Fact]
    public void Another_model_has_no_codes()
    {
        using var model = ModelRegistry.Find("tpavi_small").Create();
        var clips = FakeClips.WithScenes();
        Assert.Throws<UsageException>(() => EcmvaeProbes.Run(model, clips, clips, new CodePassOptions(96)));
    }
}
