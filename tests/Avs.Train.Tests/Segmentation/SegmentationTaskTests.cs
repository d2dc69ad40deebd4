using Avs.Core;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Segmentation;
using Avs.Train.Tests.Training;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Segmentation;

public sealed class SegmentationTaskTests : IDisposable
{
    private readonly TestRuns runs = new();

    public void Dispose() => runs.Dispose();

    private static SegmentationExperiment Smoke(params string[] changes) =>
        SegmentationExperiment.Load(Repository.At("experiments/smoke.yaml"), changes);

    [Fact]
    public void The_same_seed_trains_the_same_model()
    {
        var config = Smoke("train.steps=3", "train.threads=1");
        using var first = Blinking.CreateTask(config);
        using var second = Blinking.CreateTask(config);
        runs.Train(first, config, "first");
        runs.Train(second, config, "second");

        Assert.Equal(runs.Last(config, "first"), runs.Last(config, "second"));
    }

    [Theory]
    [InlineData("train.replicas=2")]
    [InlineData("train.replicas=2", "model.network.backbone=pvt_v2_b0", "model.network.drop_path=0.9")]
    [InlineData("train.accumulate=2", "train.optimizer.backbone_rate=0.1", "train.optimizer.decay_matrices_only=true",
        "train.schedule.name=poly", "train.recompute=false", "train.early_stopping.patience=4")]
    public void A_stopped_run_continues_as_if_it_had_not_been_stopped(params string[] changes)
    {
        var config = Smoke(["train.steps=5", "train.threads=1", .. changes]);
        using var whole = Blinking.CreateTask(config);
        runs.Train(whole, config, "whole");
        using var stop = new CancellationTokenSource();
        using var begun = Blinking.CreateTask(config);
        Assert.False(runs.Train(begun, config, "parts", RunListener.After(2, stop.Cancel), stop.Token).Finished);
        using var continued = Blinking.CreateTask(config);
        Assert.True(runs.Train(continued, config, "parts").Finished);

        Assert.Equal(runs.Last(config, "whole"), runs.Last(config, "parts"));
    }

    [Fact]
    public void A_frozen_audio_network_without_weights_is_not_trained_around()
    {
        var refusal = Assert.Throws<UsageException>(() =>
            SegmentationTask.Open(Smoke("model.audio=vggish", "model.network.audio_channels=128"), new TaskContext(CPU, _ => { }))).Message;
        Assert.StartsWith("model.audio_weights: found nothing", refusal);
        Assert.Contains("vggish-10086976.pth at https://github.com/", refusal);
    }

    [Fact]
    public void Every_replica_starts_with_all_that_the_model_has_the_frozen_audio_network_included()
    {
        using var model = SegmenterFactory.Create(Smoke("model.freeze_audio=true", "seed=99"), CPU);
        using var replicas = new Replicas(model, Smoke("model.freeze_audio=true", "train.replicas=2"), CPU);
        var expected = model.state_dict();
        Assert.Equal(2, replicas.Models.Count);
        Assert.All(replicas.Models[1].state_dict(), entry => Assert.True(entry.Value.allclose(expected[entry.Key], 0, 0), entry.Key));
    }

    [Fact]
    public void A_continued_run_knows_its_audio_network_before_it_opens_its_data()
    {
        var config = Smoke("model.freeze_audio=true", "train.steps=1", "seed=99");
        using var task = Blinking.CreateTask(config);
        runs.Train(task, config, "one");
        var state = RunFolder.Open(Path.Combine(runs.Folder, config.Run.Name, "one")).StatePath;
        using var model = SegmenterFactory.Create(config with { Run = config.Run with { Seed = 1 } }, CPU);
        RunState.LoadWeights(state, model);
        Assert.True(model.state_dict()["audio.embedding.weight"].allclose(task.Model.state_dict()["audio.embedding.weight"], 0, 0));
    }

    [Fact]
    public void Parameters_that_no_output_depends_on_are_not_trained()
    {
        var config = Smoke();
        using var task = Blinking.CreateTask(config);
        var learned = task.LearnedParameters.Select(entry => entry.Name).ToHashSet();

        Assert.DoesNotContain(learned, name => name.Contains("fusion_block_1.resConfUnit1"));
        Assert.Contains(learned, name => name.Contains("fusion_block_2.resConfUnit1"));
    }

    [Theory]
    [InlineData("ecmvae_small", "encoder")]
    [InlineData("tpavi_small", "encoder_backbone")]
    public void The_backbone_is_the_visual_one_whatever_a_network_calls_it(string model, string name)
    {
        using var task = Blinking.CreateTask(SegmentationExperiment.Load(
            Repository.At("experiments/stamps.yaml"), [$"model.name={model}", "train.replicas=1", "data.pairing=false"]));
        var expected = task.LearnedParameters.Select(entry => entry.Name).Where(one => one.StartsWith($"network.{name}."));

        Assert.NotEmpty(expected);
        Assert.Equal(expected, task.BackboneParameters);
    }

    [Fact]
    public void A_checkpoint_alone_is_enough_to_evaluate()
    {
        var config = Smoke("train.steps=1");
        using var task = Blinking.CreateTask(config);
        runs.Train(task, config, "one");
        var (model, read, path) = SegmenterFactory.Load(Path.Combine(runs.Folder, config.Run.Name, "one"), CPU);
        using (model)
        {
            Assert.Equal(config, read);
            Assert.EndsWith("best.safetensors", path);
            Assert.False(model.training);
        }
    }

    [Fact]
    public void Steps_of_the_real_model_leave_no_tensor_behind()
    {
        var config = Smoke("train.steps=8", "train.validate_every=8");
        using var task = Blinking.CreateTask(config);
        using var optimizer = Optimizers.Create(config.Run.Train.Optimizer, task.LearnedParameters);
        var counts = new List<long>();
        // What other tests left to the garbage collector must not go while this one counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        // A batch made here, so that no loader works on tensors meanwhile.
        foreach (var batch in task.Batches(0).Take(1))
        {
            for (var step = 0; step < 5; step++)
            {
                using (var scope = NewDisposeScope())
                {
                    optimizer.zero_grad();
                    task.Backward(batch, 0);
                    optimizer.step();
                }
                counts.Add(Tensor.TotalCount);
            }
            batch.Dispose();
        }

        // Fewer are what the garbage collector took meanwhile.
        Assert.True(counts[^1] <= counts[1], string.Join(", ", counts));
    }

    [Fact]
    public void A_batch_that_the_replicas_cannot_share_is_refused_by_its_key()
    {
        var refused = Assert.Throws<UsageException>(() => Blinking.CreateTask(Smoke("data.batch_clips=6", "train.replicas=2")));
        Assert.Contains("data.batch_clips: found 6, expected a multiple of 4", refused.Message);
    }
}
