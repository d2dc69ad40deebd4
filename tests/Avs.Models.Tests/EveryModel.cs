using Avs.Core.Formats;
using Avs.Models.AvsBench;
using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using Avs.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests;

/// <summary>
/// What holds of every model: it answers pictures of two sizes with finite numbers, a gradient reaches every parameter but the dead ones, a
/// step leaves no tensor behind, and its state comes back bit for bit out of safetensors and out of .pth.
/// </summary>
internal static class EveryModel
{
    /// <summary>The one test body.</summary>
    /// <param name="preset">The model.</param>
    /// <param name="sizes">Two sides of the pictures, the larger last.</param>
    /// <param name="labelled">The rows that have masks; null: all.</param>
    /// <param name="look">Looks at the fresh model.</param>
    public static void Works(ModelPreset preset, (int Smaller, int Larger) sizes, long[]? labelled = null,
        Action<AudioVisualSegmenter>? look = null)
    {
        // Stochastic depth would leave out whole blocks, and with them their gradient.
        preset = preset with { Config = preset.Config with { Network = preset.Config.Network with { DropPath = 0 } } };
        using var model = Given.Filled(preset.Create());
        look?.Invoke(model);
        KeepsAwake(model);
        Answers(model, sizes.Smaller, labelled);
        Answers(model, sizes.Larger, labelled);
        Learns(model, preset, sizes, labelled);
        ComesBack(model);
    }

    /// <summary>The choices of a network at a size that takes milliseconds.</summary>
    public static NetworkConfig Narrow(NetworkConfig network) => network switch
    {
        EcmvaeConfig config =>
            config with
            {
                Backbone = "small_residual",
                ImageSize = 64,
                Channels = 16,
                TpaviChannels = 8,
                LatentEncoderChannels = 2,
                LatentSize = 4
            },
        DeterministicConfig config =>
            config with { Backbone = "small_residual", ImageSize = 64, Channels = 16, TpaviChannels = 8, RegulariserChannels = 8 },
        AvsBenchConfig config => config with { Backbone = "small_residual", ImageSize = 64, Channels = 16 },
        _ => throw new ArgumentException($"no narrow form of {network.GetType().Name}", nameof(network)),
    };

    /// <summary>Whether the published models have a parameter that takes part in nothing: the whole list, written down once more.</summary>
    public static bool IsDead(string name, NetworkConfig network) =>
        name.Contains(".fusion_block_1.resConfUnit1.") || name.Contains(".path4.resConfUnit1.")
        || name.StartsWith("network.resnet.layer3_2.") || name.StartsWith("network.resnet.layer4_2.")
        || (name.StartsWith("network.multi_model_reg_") && name.Contains(".fuse."))
        || (name.StartsWith("network.audio_neck.") && network switch
        {
            EcmvaeConfig config => config.Channels == config.AudioChannels,
            DeterministicConfig config => config.Channels == config.AudioChannels,
            _ => false,
        });

    // The channel attention of the rcab decoder has a sixteenth of the width between its layers, in small a single ReLU, which must not be
    // silent by chance.
    private static void KeepsAwake(AudioVisualSegmenter model)
    {
        using var untracked = no_grad();
        foreach (var (_, bias) in model.named_parameters().Where(entry => entry.name.EndsWith("conv_du.0.bias", StringComparison.Ordinal)))
            bias.fill_(2);
    }

    /// <summary>The same batch, its pictures cut to a size.</summary>
    public static AvsInput Cut(AvsInput batch, int height, int width) => batch with
    {
        Images = batch.Images[TensorIndex.Ellipsis, TensorIndex.Slice(0, height), TensorIndex.Slice(0, width)].contiguous(),
        Masks = batch.Masks![TensorIndex.Ellipsis, TensorIndex.Slice(0, height), TensorIndex.Slice(0, width)].contiguous(),
    };

    private static AvsInput Batch(int size, long[]? labelled) =>
        Given.Batch(2, 2, size, labelled: labelled is null ? null : tensor(labelled));

    private static void Answers(AudioVisualSegmenter model, int size, long[]? labelled)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        model.eval();
        var input = Batch(size, labelled);
        var output = model.call(input);
        foreach (var logits in (Tensor[])[output.Logits, (output as EcmvaeOutput)?.Posterior?.Logits ?? output.Logits])
        {
            Assert.Equal([4L, 1L, size, size], logits.shape);
            Assert.True(logits.isfinite().all().item<bool>(), $"a number of the {size} px picture is not finite");
        }

        var prediction = model.Predict(input with { Masks = null }, LatentAtTest.Mean, new ZeroNoise());
        Assert.Equal(0, Given.Distance(prediction.Logits, output.Logits));
    }

    private static void Learns(AudioVisualSegmenter model, ModelPreset preset, (int Smaller, int Larger) sizes, long[]? labelled)
    {
        void Step(int size, Action look)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(7);
            var noise = new GeneratorNoise(generator);
            var input = Batch(size, labelled) with { Noise = noise };
            model.train();
            preset.Objective.Compute(model.call(input), input).Total.backward();
            look();
            model.zero_grad();
            model.eval();
            using var untracked = no_grad();
            model.Predict(input with { Masks = null }, LatentAtTest.Sample(2), noise);
        }

        Step(sizes.Larger, () => GradientReaches(model));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Step(sizes.Smaller, () => { });
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void GradientReaches(AudioVisualSegmenter model)
    {
        foreach (var (name, parameter) in model.named_parameters())
        {
            // A sum of absolute values is neither zero nor infinite nor NaN only where the gradient is there and finite.
            var size = parameter.grad is { } gradient ? gradient.abs().sum().item<float>() : 0;
            Assert.True(float.IsFinite(size), $"the gradient of {name} is not finite");
            Assert.True(size > 0 != (model.IsUnused(name) || model.IsFrozen(name)), name);
        }
    }

    private static void ComesBack(AudioVisualSegmenter model)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var folder = Directory.CreateTempSubdirectory("avs-state-");
        try
        {
            var state = model.state_dict();
            var written = state.ToDictionary(entry => entry.Key, entry => entry.Value.clone());
            var safetensors = Path.Combine(folder.FullName, "model.safetensors");
            SafetensorsWriter.Write(safetensors, state.Select(entry => new SafetensorsValue(
                entry.Key, entry.Value.dtype == ScalarType.Float32 ? ElementType.F32 : ElementType.I64, entry.Value.shape,
                entry.Value.contiguous().bytes.ToArray())));
            var pth = Path.Combine(folder.FullName, "model.pth");
            WeightsConversion.Convert(safetensors, pth, new ConversionOptions());

            foreach (var path in (string[])[safetensors, pth])
            {
                foreach (var value in state.Values)
                    value.zero_();
                WeightsLoader.Load(model, path);
                Assert.All(model.state_dict(), entry => Assert.True(
                    entry.Value.contiguous().bytes.SequenceEqual(written[entry.Key].contiguous().bytes),
                        $"{Path.GetFileName(path)}: {entry.Key}"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
