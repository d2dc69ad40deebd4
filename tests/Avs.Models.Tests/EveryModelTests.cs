using Avs.Formats;
using Avs.Models.Baselines;
using Avs.Models.Ecmvae;
using Avs.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests;

/// <summary>What holds of every registered model: quickly of each in small, with its own widths in the slow tests.</summary>
public class EveryModelTests
{
    public static TheoryData<string> Names() => [.. ModelRegistry.All.Select(preset => preset.Name)];

    // In small the two backbones of a model are the same.
    public static TheoryData<string> NamesInSmall() =>
        [.. ModelRegistry.All.DistinctBy(preset => (Narrow(preset.Config.Network), preset.Objective)).Select(preset => preset.Name)];

    [Theory]
    [MemberData(nameof(NamesInSmall))]
    public void A_narrow_copy_works(string name)
    {
        var preset = ModelRegistry.Find(name);
        Works(preset with { Config = preset.Config with { Audio = "small", FreezeAudio = false, Network = Narrow(preset.Config.Network) } });
    }

    // With its own widths, and one of them with VGGish, whose 72 million parameters are the same in all.
    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Speed", "Slow")]
    public void The_registered_model_works(string name)
    {
        var preset = ModelRegistry.Find(name);
        Works(name == "ecmvae_resnet50" ? preset : preset with { Config = preset.Config with { Audio = "small" } });
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Speed", "Slow")]
    public void The_listed_number_of_parameters_is_the_network_s(string name)
    {
        using var scope = NewDisposeScope();
        var preset = ModelRegistry.Find(name);
        using var model = preset.Create();
        Assert.Equal(preset.Parameters, model.named_parameters().Where(entry => !model.IsFrozen(entry.name)).Sum(entry => entry.parameter.numel()));
    }

    private static void Works(ModelPreset preset)
    {
        preset = preset with { Config = preset.Config with { Network = preset.Config.Network with { DropPath = 0 } } };
        using var model = Given.Filled(preset.Create());
        Answers(model, 64);
        Answers(model, 96);
        LearnsEverywhere(model, preset);
        LeavesNoTensors(model, preset);
        ComesBack(model, preset);
    }

    private static void Answers(AudioVisualSegmenter model, int size)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        model.eval();
        var input = Given.Batch(2, 2, size, masks: false);
        var probability = model.Predict(input, LatentAtTest.Mean, new ZeroNoise()).Probability;
        Assert.Equal([4L, 1L, size, size], probability.shape);
        Assert.True(probability.isfinite().all().item<bool>(), $"a number of the {size} px picture is not finite");
        Assert.True(Given.Distance(probability, model.call(input, new ZeroNoise()).Logits.sigmoid()) < 1e-4);
    }

    private static void LearnsEverywhere(AudioVisualSegmenter model, ModelPreset preset)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        Backward(model, preset, new GeneratorNoise(generator));
        foreach (var (name, parameter) in model.named_parameters())
        {
            var reached = parameter.grad is { } gradient && gradient.abs().sum().item<float>() > 0;
            Assert.True(reached != (model.IsUnused(name) || model.IsFrozen(name)), name);
            Assert.True(parameter.grad is not { } given || given.isfinite().all().item<bool>(), name);
        }
        model.zero_grad();
    }

    private static void LeavesNoTensors(AudioVisualSegmenter model, ModelPreset preset)
    {
        void Once()
        {
            using var scope = NewDisposeScope();
            Backward(model, preset, new ZeroNoise());
            using var mode = no_grad();
            model.eval();
            model.Predict(Given.Batch(1, 2, 64, masks: false), LatentAtTest.Sample(2), new ZeroNoise());
        }

        Once();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Once();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void ComesBack(AudioVisualSegmenter model, ModelPreset preset)
    {
        using var scope = NewDisposeScope();
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var written = model.state_dict();
            var safetensors = Path.Combine(folder.FullName, "model.safetensors");
            SafetensorsWriter.Write(safetensors, written.Select(entry => new SafetensorsValue(
                entry.Key, entry.Value.dtype == ScalarType.Float32 ? ElementType.F32 : ElementType.I64, entry.Value.shape,
                entry.Value.contiguous().bytes.ToArray())));
            var pth = Path.Combine(folder.FullName, "model.pth");
            WeightsConversion.Convert(safetensors, pth, new ConversionOptions());

            using var other = preset.Create();
            foreach (var path in (string[])[safetensors, pth])
            {
                foreach (var parameter in other.parameters())
                    using (no_grad())
                        parameter.zero_();
                WeightsLoader.Load(other, path);
                Assert.All(other.state_dict(), entry => Assert.True(
                    entry.Value.contiguous().bytes.SequenceEqual(written[entry.Key].contiguous().bytes), $"{path}: {entry.Key}"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Backward(AudioVisualSegmenter model, ModelPreset preset, ILatentNoise noise)
    {
        model.train();
        var input = Given.Batch(2, 2, 64);
        preset.Objective.Compute(model.call(input, noise), input, noise).Total.backward();
    }

    // The choices of the preset at a size that takes milliseconds.
    private static NetworkConfig Narrow(NetworkConfig network) => network switch
    {
        EcmvaeConfig config => config with { Backbone = "small_residual", ImageSize = 64, Channels = 16, TpaviChannels = 8, LatentEncoderChannels = 2, LatentSize = 4 },
        DeterministicConfig config => config with { Backbone = "small_residual", ImageSize = 64, Channels = 16, TpaviChannels = 8, RegulariserChannels = 8 },
        AvsBenchConfig config => config with { Backbone = "small_residual", ImageSize = 64, Channels = 16 },
        _ => throw new ArgumentException($"no narrow form of {network.GetType().Name}", nameof(network)),
    };
}
