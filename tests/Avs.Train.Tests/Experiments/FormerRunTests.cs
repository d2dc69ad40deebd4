using Avs.Train.Runs;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Experiments;

/// <summary>
/// Runs of a version that had batch_clips, frames_drawn, pairing and the validations elsewhere: former.yaml is the config.yaml of one.
/// </summary>
public sealed class FormerRunTests : IDisposable
{
    private static readonly string Former = Repository.At("tests/Avs.Train.Tests/Experiments/former.yaml");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-former-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Its_config_means_what_it_meant() => Assert.Equal(
        SegmentationExperiment.Load(Repository.At("experiments/smoke.yaml"), ["data.root=tiny", "train.steps=4000"]),
        SegmentationExperiment.Load(Former));

    [Fact]
    public void Its_checkpoint_is_loaded()
    {
        var path = Path.Combine(folder.FullName, "best.safetensors");
        using var trained = SegmenterFactory.Create(SegmentationExperiment.Load(Former), CPU);
        Checkpoint.Write(path, trained, File.ReadAllText(Former), 7);

        var (model, experiment, _) = SegmenterFactory.Load(path, CPU);
        using (model)
        {
            Assert.Equal((8, true, 3), (experiment.Task.Data.BatchClips, experiment.Task.Data.Pairing, experiment.Run.Train.ValidateEvery));
            var expected = trained.state_dict();
            Assert.All(model.state_dict(), entry => Assert.True(entry.Value.equal(expected[entry.Key]).all().item<bool>(), entry.Key));
        }
    }
}
