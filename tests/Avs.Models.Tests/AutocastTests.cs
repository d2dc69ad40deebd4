using Avs.Core.Libtorch;
using Avs.Models.Blocks;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests;

/// <summary>Models, and the functions that compute twice, under bfloat16 autocast beside float32.</summary>
[Collection(Alone.Name)]
public sealed class AutocastTests
{
    private const double Logits = 0.04, Once = 0.02, Cosine = 0.95;

    [Theory]
    [InlineData("ecmvae_small", "small_residual")]
    [InlineData("ecmvae_small", "pvt_v2_b0")]
    [InlineData("tpavi_small", "small_residual")]
    [InlineData("tpavi_small", "pvt_v2_b0")]
    [InlineData("mi_resnet50", "small_residual")]
    public void A_model_learns_as_in_float32(string name, string backbone)
    {
        using var scope = NewDisposeScope();
        var preset = ModelRegistry.Find(name);
        var network = EveryModel.Narrow(preset.Config.Network) with { Backbone = backbone, DropPath = 0 };
        using var model = Given.Filled(new AudioVisualSegmenter(preset.Config with
        {
            Audio = "small",
            FreezeAudio = false,
            Network = network
        }));
        var input = Given.Batch(4, 2, 96); // with fewer, norms that learn from a handful of values magnify what is rounded

        Tensor Answer(bool autocast, bool inference = false)
        {
            using var without = no_grad();
            using var mode = inference ? inference_mode() : null; // attention on the CPU is bfloat16 too in it
            using var cast = new Autocast(DeviceType.CPU, autocast);
            model.eval();
            return model.call(input with { Masks = null }).To(ScalarType.Float32).Logits;
        }

        Assert.InRange(Error(Answer(false), Answer(true)), 1e-6, Logits); // rounded, and not by much
        Assert.InRange(Error(Answer(false), Answer(true, inference: true)), 1e-6, Logits);

        Tensor[] Step(bool autocast)
        {
            using var generator = new Generator(7);
            var noise = new GeneratorNoise(generator);
            model.train();
            model.zero_grad();
            SegmenterOutput output;
            using (new Autocast(DeviceType.CPU, autocast))
                output = model.call(input with { Noise = noise }).To(ScalarType.Float32);
            preset.Objective.Compute(output, input with { Noise = noise }).Total.backward();
            return [.. model.parameters().Select(parameter => parameter.grad).OfType<Tensor>().Select(gradient => gradient.clone())];
        }

        var expected = Step(false);
        var found = Step(true);
        Assert.All(found, gradient => Assert.True(gradient.isfinite().all().item<bool>() && gradient.dtype == ScalarType.Float32));
        var (ours, plain) = (Joined(found), Joined(expected));
        Assert.InRange(((ours * plain).sum() / (ours.norm() * plain.norm())).ToDouble(), Cosine, 1);

        Assert.All(Step(true).Zip(found), pair => Assert.True(pair.First.allclose(pair.Second, 0, 0))); // the same each time
    }

    [Fact]
    public void It_is_this_thread_s_and_restores_what_was_before()
    {
        using var scope = NewDisposeScope();
        var matrix = ones(2, 2);
        ScalarType Product() => matrix.mm(matrix).dtype;
        void Throws()
        {
            using var on = new Autocast(DeviceType.CPU);
            throw new InvalidOperationException();
        }

        Assert.Equal(ScalarType.Float32, Product());
        using (new Autocast(DeviceType.CPU))
        {
            Assert.Equal(ScalarType.BFloat16, Product());
            using (new Autocast(DeviceType.CPU, false))
                Assert.Equal(ScalarType.Float32, Product());
            using (new Autocast(DeviceType.CPU))
                Assert.Equal(ScalarType.BFloat16, Product());
            Assert.Equal(ScalarType.BFloat16, Product());
            var elsewhere = ScalarType.BFloat16;
            var thread = new Thread(() => elsewhere = Product());
            thread.Start();
            thread.Join();
            Assert.Equal(ScalarType.Float32, elsewhere);
            Assert.False(Autocast.IsEnabled(DeviceType.CUDA)); // a device's own
        }
        Assert.Equal(ScalarType.Float32, Product());
        Assert.Throws<InvalidOperationException>(Throws);
        Assert.Equal(ScalarType.Float32, Product());
        Assert.Throws<ArgumentException>(() => new Autocast(DeviceType.META));
    }

    [Fact]
    public void A_weight_first_used_without_gradients_still_learns()
    {
        using var scope = NewDisposeScope();
        var weight = ones(2, 2).requires_grad_();
        using (new Autocast(DeviceType.CPU))
        {
            using (no_grad())
                weight.mm(weight);
            weight.mm(ones(2, 2)).sum().backward();
        }
        Assert.Equal(ScalarType.Float32, weight.grad!.dtype);
        Assert.True(weight.grad.eq(2).all().item<bool>());
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind_and_autocast_off()
    {
        using var model = new AudioVisualSegmenter(Given.SmallSegmenter);
        using var generator = new Generator(1);
        var noise = new GeneratorNoise(generator);
        var objective = ModelRegistry.Find("ecmvae_small").Objective;
        void Step()
        {
            using var scope = NewDisposeScope();
            var input = Given.Batch(2, 1, 64);
            model.zero_grad();
            SegmenterOutput output;
            using (new Autocast(DeviceType.CPU))
                output = model.call(input with { Noise = noise }).To(ScalarType.Float32);
            objective.Compute(output, input with { Noise = noise }).Total.backward();
        }

        LiveTensors.AssertSteady(Step);
        Assert.False(Autocast.IsEnabled(DeviceType.CPU));
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(8, 2)] // by a transposed convolution, which autocast of the CPU computes in float32
    [InlineData(64, 1)] // by minimal filtering
    public void What_comes_before_a_convolution_is_computed_twice(long channels, long stride)
    {
        using var scope = NewDisposeScope();
        using var inner = nn.Conv2d(4, channels, 1);
        using var last = nn.Conv2d(channels, 64, 3, stride: stride, padding: 1);
        Agree(
            x => Checkpoint.Run([inner, last], x => last.call(F.gelu(inner.call(x))), x, last),
            x => last.call(F.gelu(inner.call(x))), [inner, last], randn(4, 4, 32, 28));
    }

    [Fact]
    public void A_row_of_convolutions_is_computed_frame_by_frame()
    {
        using var scope = NewDisposeScope();
        using var first = nn.Conv2d(4, 8, 3, padding: 1);
        using var last = nn.Conv2d(8, 8, 1);
        using var up = new BilinearUpsample(2, alignCorners: false);
        Agree(
            x => ChunkedConvHead.Run(x, up, first, nn.GELU(), last),
            x => last.call(F.gelu(first.call(up.call(x)))), [first, last], randn(3, 4, 12, 12));
    }

    [Fact]
    public void What_needs_no_convolution_is_computed_twice()
    {
        using var scope = NewDisposeScope();
        using var inner = nn.Conv2d(4, 8, 1);
        Agree(
            x => Checkpoint.Run([inner], x => F.gelu(inner.call(x)), x),
            x => F.gelu(inner.call(x)), [inner], randn(3, 4, 12, 12));
    }

    [Fact]
    public void What_comes_before_a_linear_layer_is_computed_twice()
    {
        using var scope = NewDisposeScope();
        using var norm = nn.LayerNorm(6);
        using var inner = nn.Linear(6, 10);
        using var last = nn.Linear(10, 4);
        Tensor Branch(Tensor x) => F.gelu(inner.call(norm.call(x)));
        Agree(
            x => Checkpoint.Run([norm, inner, last], x => last.call(Branch(x)), x, last),
            x => last.call(Branch(x)), [norm, inner, last], randn(2, 30, 6));
    }

    // Of both forms under autocast, and of the plain one in float32: results and gradients, which backward computes with autocast off
    // again.
    private static void Agree(Func<Tensor, Tensor> twice, Func<Tensor, Tensor> plain, nn.Module[] modules, Tensor x)
    {
        Parameter[] learned = [.. modules.SelectMany(module => module.parameters())];
        Tensor[] Learn(Func<Tensor, Tensor> function, bool autocast)
        {
            var input = x.detach().requires_grad_();
            Tensor y;
            using (new Autocast(DeviceType.CPU, autocast))
                y = function(input);
            using var generator = new Generator(3);
            var g = randn(y.shape, generator: generator);
            return [y, .. autograd.grad([(y * g).sum()], [input, .. learned])];
        }

        var (ours, theirs, whole) = (Learn(twice, true), Learn(plain, true), Learn(plain, false));
        Assert.Equal(ScalarType.BFloat16, ours[0].dtype);
        Assert.All(ours.Skip(1), gradient => Assert.Equal(ScalarType.Float32, gradient.dtype));
        Assert.All(ours.Zip(theirs, whole), three =>
        {
            Assert.InRange(Error(three.Third, three.First), 0, Once);
            Assert.InRange(Error(three.Second, three.First), 0, Once);
        });
    }

    private static Tensor Joined(Tensor[] tensors) => cat([.. tensors.Select(tensor => tensor.flatten().to(ScalarType.Float64))], 0);

    private static double Error(Tensor expected, Tensor found) =>
        ((found.to(ScalarType.Float32) - expected.to(ScalarType.Float32)).norm() / expected.to(ScalarType.Float32).norm()).ToDouble();
}
