using Avs.Core.Libtorch;
using Avs.Train.Segmentation;

namespace Avs.Train.Tests.Segmentation;

[Collection(Alone.Name)]
public sealed class RecomputationTests
{
    // How often norms run in a step, forward and backward.
    private static int Norms(bool recompute)
    {
        var experiment = SegmentationExperiment.Load(
            Repository.At("experiments/smoke.yaml"),
            [
                $"train.recompute={(recompute ? "true" : "false")}", "model.network.backbone=pvt_v2_b0", "train.replicas=1",
                "data.pairing=false", "data.batch_clips=2",
            ]);
        using var task = Blinking.CreateTask(experiment);
        using var batch = task.Batches(0).First();
        task.Model.train();
        return OperatorTrace.Run(() => task.Backward(batch, 0), name => name == "aten::layer_norm")!.Count;
    }

    [Fact]
    public void Train_recompute_decides_whether_a_step_runs_norms_twice()
    {
        var once = Norms(recompute: false);

        Assert.InRange(Norms(recompute: true), once + 1, 2 * once);
    }
}
