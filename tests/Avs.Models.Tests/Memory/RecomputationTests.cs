using Avs.Core.Libtorch;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Memory;

/// <summary>Training that keeps all activations beside training that computes some of them twice.</summary>
[Collection(Alone.Name)]
public sealed class RecomputationTests
{
    [Theory]
    [InlineData("ecmvae_small", "resnet50")]
    [InlineData("ecmvae_small", "pvt_v2_b0")]
    [InlineData("tpavi_small", "pvt_v2_b0")]
    public void Turned_off_no_norm_runs_twice_and_the_gradients_are_the_same(string name, string backbone)
    {
        using var scope = NewDisposeScope();
        var preset = ModelRegistry.Find(name);
        var network = EveryModel.Narrow(preset.Config.Network) with { Backbone = backbone, DropPath = 0 };
        using var model = Given.Filled(new AudioVisualSegmenter(preset.Config with { Network = network }));
        var input = Given.Batch(2, 2, 96);
        model.train();

        SegmenterOutput Forward(bool recompute, AvsInput input)
        {
            using var recomputation = new Recomputation(recompute);
            return model.call(input);
        }
        (Tensor Gradient, int Norms) Step(bool recompute)
        {
            using var generator = new Generator(7);
            var drawn = input with { Noise = new GeneratorNoise(generator) };
            model.zero_grad();
            var norms = CountNorms(() => preset.Objective.Compute(Forward(recompute, drawn), drawn).Total.backward());
            return (cat([.. model.parameters().Select(parameter => parameter.grad).OfType<Tensor>().Select(one => one.flatten())]), norms);
        }
        var inForward = CountNorms(() => Forward(true, input with { Noise = new ZeroNoise() }));
        var (twice, once) = (Step(true), Step(false));

        Assert.Equal(inForward, once.Norms);
        Assert.True(twice.Norms > inForward, $"{twice.Norms} norms of {inForward}");
        Assert.InRange(((twice.Gradient - once.Gradient).norm() / once.Gradient.norm()).ToDouble(), 0, 1e-3);
    }

    [Fact]
    public void It_is_this_thread_s_and_restores_what_was_before()
    {
        Assert.True(Recomputation.IsOn);
        using (new Recomputation(false))
        {
            Assert.False(Recomputation.IsOn);
            using (new Recomputation(true))
                Assert.True(Recomputation.IsOn);
            var elsewhere = false;
            var thread = new Thread(() => elsewhere = Recomputation.IsOn);
            thread.Start();
            thread.Join();
            Assert.True(elsewhere);
            Assert.False(Recomputation.IsOn);
        }
        Assert.True(Recomputation.IsOn);
    }

    private static int CountNorms(Action body) =>
        OperatorTrace.Run(body, name => name is "aten::batch_norm" or "aten::layer_norm")?.Count
            ?? throw new PlatformNotSupportedException("operators are traced on Linux only");
}
