using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Models.Segmentation;
using Avs.Train.Experiments;
using Avs.Train.Segmentation;
using Avs.Train.Tests.Segmentation;
using Avs.Train.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Training;

/// <summary>Training in bf16: as repeatable as in fp32 on processors that multiply bfloat16, refused on others.</summary>
public sealed class MixedPrecisionTests : IDisposable
{
    private readonly TestRuns runs = new();

    public void Dispose() => runs.Dispose();

    private static SegmentationExperiment Smoke(params string[] changes) =>
        SegmentationExperiment.Load(Repository.At("experiments/smoke.yaml"),
            ["train.threads=1", "train.precision=bf16", .. changes]);

    private static SegmentationExperiment With(SegmentationExperiment config, Precision precision) =>
        config with { Run = config.Run with { Train = config.Run.Train with { Precision = precision } } };

    // Whether this machine trains in bf16; where it does not, it must say so.
    private static bool IsOffered(string key, Action use)
    {
        if (Autocast.SuitsProcessor)
        {
            use();
            return true;
        }
        Assert.Equal(
            $"{key}: found bf16 on a processor without AVX512_BF16, where bfloat16 takes many times as long as float32, expected fp32",
            Assert.Throws<UsageException>(use).Message);
        return false;
    }

    private byte[] Train(SegmentationExperiment config, string name, int? stopAfter = null)
    {
        using var task = Blinking.CreateTask(config);
        using var stop = new CancellationTokenSource();
        runs.Train(task, config, name, RunListener.After(stopAfter, stop.Cancel), stop.Token);
        return runs.Last(config, name);
    }

    [Fact]
    public void It_is_offered_or_refused_by_its_key() =>
        IsOffered("train.precision", () => MixedPrecision.Require(Precision.Bf16, CPU, "train.precision"));

    [Fact]
    public void Float32_is_offered_everywhere()
    {
        MixedPrecision.Require(Precision.Fp32, CPU, "train.precision");
        Assert.Null(MixedPrecision.Begin(Precision.Fp32, CPU));
    }

    [Fact]
    public void A_run_is_refused_before_anything_is_opened() =>
        IsOffered("train.precision", () =>
        {
            if (Autocast.SuitsProcessor)
                Blinking.CreateTask(Smoke()).Dispose();
            else
                SegmentationTask.Open(Smoke("data.root=/nowhere"), new TaskContext(CPU, _ => { })).Dispose();
        });

    [Theory]
    [InlineData("train.replicas=2")]
    [InlineData("train.replicas=2", "model.network.backbone=pvt_v2_b0", "model.network.drop_path=0.9")]
    public void The_same_seed_trains_the_same_model_stopped_or_not(params string[] changes)
    {
        var config = Smoke(["train.steps=4", .. changes]);
        if (!IsOffered("train.precision", () => Blinking.CreateTask(config).Dispose()))
            return;
        var whole = Train(config, "whole");
        Assert.Equal(whole, Train(config, "again"));
        Train(config, "parts", stopAfter: 2);
        Assert.Equal(whole, Train(config, "parts"));
        Assert.NotEqual(whole, Train(With(config, Precision.Fp32), "float32"));
    }

    [Fact]
    public void A_step_gives_nearly_the_loss_of_float32_and_float32_gradients()
    {
        var config = Smoke();
        if (!IsOffered("train.precision", () => Blinking.CreateTask(config).Dispose()))
            return;
        double Loss(Precision precision)
        {
            using var task = Blinking.CreateTask(With(config, precision));
            using var batch = task.Batches(0).First();
            task.Model.train();
            var loss = task.Backward(batch, 0).Loss;
            Assert.All(task.LearnedParameters, entry => Assert.Equal(ScalarType.Float32, (entry.Parameter.grad ?? entry.Parameter).dtype));
            Assert.False(Autocast.IsEnabled(DeviceType.CPU));
            return loss;
        }
        var expected = Loss(Precision.Fp32);
        Assert.InRange(Loss(Precision.Bf16) / expected, 0.97, 1.03);
    }

    [Fact]
    public void A_frozen_audio_network_hears_what_it_hears_for_a_cache()
    {
        using var scope = NewDisposeScope();
        using var model = SegmenterFactory.Create(Smoke("model.freeze_audio=true"), CPU);
        model.train();
        var size = model.Config.Network.ImageSize;
        var input = new AvsInput(rand(2, 3, size, size), rand(2, 1, 96, 64), 1) { Noise = new ZeroNoise() };
        var heard = input with { AudioEmbedding = model.FrozenAudio!.call(input.LogMel!) };
        Tensor Logits(AvsInput input) => SegmenterForward.Run(model, input, Precision.Bf16).Logits;
        Assert.True(Logits(input).allclose(Logits(heard), 0, 0));
    }
}
