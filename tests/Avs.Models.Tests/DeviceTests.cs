using System.Collections;
using System.Reflection;
using Avs.Models.Audio;
using Avs.Models.Backbones;
using Avs.Models.Segmentation;
using Avs.Models.Tests.Vae;
using Avs.Models.Tests.Vae.Multimodal;
using Avs.Models.Vae;
using Avs.Models.Vae.Multimodal;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests;

/// <summary>
/// Every network computes on the device of its input and its weights: what a GPU needs, held without one. libtorch's meta device, whose
/// tensors have shapes and no numbers, would be the GPU's stand-in, but its C++ side has no meta convolution, relu or batch norm (PyTorch
/// has them in Python) and lets matmul and cat mix devices (TorchSharp/MetaDeviceTests). So it is turned round: models compute on the CPU
/// while meta is the default device. A tensor made without saying where has no numbers then, nor has anything computed with it.
/// </summary>
[Collection(Alone.Name)]
public sealed class DeviceTests : IDisposable
{
    private static readonly Device Meta = new(DeviceType.META);

    public void Dispose() => set_default_device(CPU);

    public static IEnumerable<object[]> Segmenters() => [.. EveryModelTests.NamesInSmall().Select<object[], object[]>(row => [row[0], ""]),
        .. EveryModelTests.Variants()];

    public static TheoryData<string> Autoencoders => [.. VaeRegistry.Autoencoders.Select(preset => preset.Name)];

    public static TheoryData<string> MultimodalVaes => [.. VaeRegistry.Multimodal.Select(preset => preset.Name)];

    public static TheoryData<string> Backbones => [.. BackboneRegistry.All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Segmenters))]
    public void A_segmenter_learns_and_answers_where_its_input_is(string name, string variant)
    {
        using var scope = NewDisposeScope();
        var preset = EveryModelTests.Create(name, variant);
        using var model = Given.Filled(preset.Create());
        // Of each clip of two frames only the first has a mask.
        var batch = Given.Batch(2, 2, 64, labelled: tensor(new long[] { 0, 2 }));
        IsTheSameElsewhere(() =>
        {
            using var generator = new Generator(7);
            var input = batch with { Noise = new GeneratorNoise(generator) };
            model.train();
            model.zero_grad();
            // Not every choice has what every term looks at.
            var objective = variant.Length == 0 ? preset.Objective.WithEveryTerm() : preset.Objective;
            var terms = objective.Compute(model.call(input), input);
            terms.Total.backward();
            model.eval();
            using var untracked = inference_mode();
            input = input with { Masks = null, Labelled = null };
            return
            [
                .. terms.Named().Select(term => term.Value), .. Gradients(model),
                model.Predict(input, LatentAtTest.Mean, input.Noise).Logits,
                model.Predict(input, LatentAtTest.Sample(2), input.Noise).Logits,
            ];
        }, model);
        MovesWhole(model);
    }

    [Theory]
    [MemberData(nameof(Autoencoders))]
    public void An_autoencoder_learns_and_answers_where_its_input_is(string name)
    {
        using var scope = NewDisposeScope();
        using var network = EveryAutoencoderTests.Network(name);
        var images = EveryAutoencoderTests.Images(name);
        IsTheSameElsewhere(() =>
        {
            using var generator = new Generator(7);
            network.zero_grad();
            network.train();
            var terms = EveryAutoencoderTests.Find(name).Objective.Compute(network, images, network.call(images, generator), generator);
            terms.Total.backward();
            network.eval();
            return [.. terms.Named().Select(term => term.Value), .. Gradients(network), network.Reconstruct(images)];
        }, network);
        MovesWhole(network);
    }

    [Theory]
    [MemberData(nameof(MultimodalVaes))]
    public void A_multimodal_VAE_learns_and_answers_where_its_input_is(string name)
    {
        using var scope = NewDisposeScope();
        using var network = EveryMultimodalTests.Network(name);
        var input = EveryMultimodalTests.Partial(0);
        IsTheSameElsewhere(() =>
        {
            using var generator = new Generator(7);
            network.zero_grad();
            var terms = EveryMultimodalTests.Terms(name, network, input, generator);
            terms.Total.backward();
            return
            [
                .. terms.Named().Select(term => term.Value), .. Gradients(network), .. network.Generate(input, generator),
                .. network.Sample(2, generator), MultimodalMeasures.ImportanceWeightedBound(network, input, generator, 3),
            ];
        }, network);
        MovesWhole(network);
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [MemberData(nameof(Backbones))]
    public void A_backbone_learns_and_answers_where_its_input_is(string name)
    {
        using var scope = NewDisposeScope();
        using var backbone = BackboneRegistry.Create(name);
        var images = Given.Uniform(1, -2, 2, 2, 3, 32, 64);
        IsTheSameElsewhere(() =>
        {
            backbone.zero_grad();
            var levels = backbone.call(images);
            levels.Select(level => level.square().mean()).Aggregate((a, b) => a + b).backward();
            return [.. levels, .. Gradients(backbone)];
        }, backbone);
        MovesWhole(backbone);
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("vggish_pca")]
    [InlineData("small")]
    public void An_audio_network_learns_and_answers_where_its_input_is(string name)
    {
        using var scope = NewDisposeScope();
        using var ears = AudioRegistry.Create(name, 128);
        ears.eval();
        var sound = Given.Uniform(1, -3, 2, 2, 1, 96, 64);
        IsTheSameElsewhere(() => [ears.call(sound)], ears);
        MovesWhole(ears);
    }

    // Both times from the same state, so to the same bits.
    private static void IsTheSameElsewhere(Func<IReadOnlyList<Tensor>> compute, nn.Module network)
    {
        var state = network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        var expected = compute();
        network.load_state_dict(state);
        set_default_device(Meta);
        var found = compute();
        set_default_device(CPU);
        Assert.Equal(expected.Count, found.Count);
        foreach (var (was, now) in expected.Zip(found))
        {
            Assert.Equal(DeviceType.CPU, now.device_type);
            Assert.True(now.equal(was).all().item<bool>());
        }
    }

    private static IEnumerable<Tensor> Gradients(nn.Module network) =>
        network.parameters().Select(parameter => parameter.grad).OfType<Tensor>().Select(gradient => gradient.clone());

    // What a module keeps beside its parameters and buffers would stay behind.
    private static void MovesWhole(nn.Module network)
    {
        network.to(Meta);
        foreach (var module in network.modules().Prepend(network))
            foreach (var (name, held) in Fields(module))
                Assert.True(held.device_type == DeviceType.META, $"{module.GetType().Name}.{name} stays on the {held.device_type}");
    }

    private static IEnumerable<(string Name, Tensor Held)> Fields(nn.Module module)
    {
        for (var type = module.GetType(); type is not null && type != typeof(nn.Module); type = type.BaseType)
        {
            foreach (var field in type.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                var value = field.GetValue(module);
                var held = value is IEnumerable several and not nn.Module ? several : (IEnumerable)new[] { value };
                foreach (var tensor in held.OfType<Tensor>())
                    yield return (field.Name, tensor);
            }
        }
    }
}
