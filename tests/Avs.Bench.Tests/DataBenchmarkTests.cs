using System.Text;
using Avs.Data.Clips;
using Avs.Train.Segmentation;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Avs.Bench.Tests;

public sealed class DataBenchmarkTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-bench-test-");

    public void Dispose() => folder.Delete(recursive: true);

    // An MS3 of two training clips: grey ramps, left halves, silence.
    private void Compose()
    {
        string At(params string[] parts)
        {
            var path = Path.Combine([folder.FullName, .. parts]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return path;
        }

        File.WriteAllText(At("ms3_meta_data.csv"), "video_id,split\na,train\nb,train\n");
        using var frame = new Mat(224, 224, MatType.CV_8UC3, new Scalar(10, 90, 200));
        using var mask = new Mat(224, 224, MatType.CV_8UC1, new Scalar(255));
        foreach (var clip in new[] { "a", "b" })
        {
            for (var k = 1; k <= 5; k++)
            {
                Cv2.ImWrite(At("ms3_data", "visual_frames", clip, $"{clip}.mp4_{k}.png"), frame);
                Cv2.ImWrite(At("ms3_data", "gt_masks", "train", clip, $"{clip}_{k}.png"), mask);
            }

            File.WriteAllBytes(At("ms3_data", "audio_wav", "train", clip + ".wav"), Silence(5));
        }
    }

    private static byte[] Silence(int seconds)
    {
        const int rate = 16_000;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.ASCII);
        writer.Write("RIFF"u8);
        writer.Write(36 + seconds * rate * 2);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(rate);
        writer.Write(rate * 2);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(seconds * rate * 2);
        writer.Write(new byte[seconds * rate * 2]);
        return stream.ToArray();
    }

    private SegmentationExperiment Experiment()
    {
        var smoke = SegmentationExperiment.Load(Repository.At("experiments/smoke.yaml"), []);
        var data = smoke.Task.Data with
        {
            Root = folder.FullName,
            Subset = Subset.MS3,
            BatchClips = 2,
            Pairing = false,
            FramesDrawn = null,
        };
        var train = smoke.Run.Train with { Replicas = 1 };
        return smoke with { Run = smoke.Run with { Train = train }, Task = smoke.Task with { Data = data } };
    }

    [Fact]
    public void Files_and_the_cache_are_measured_with_one_worker_and_with_two()
    {
        Compose();
        var report = DataBenchmark.Run(Experiment(), CPU, new DataBenchmarkOptions(Clips: 8, Rounds: 1, Steps: 0, ComparePython: false));
        Assert.Equal(
            ["files_cold 1", "files_warm 1", "cache_cold 1", "cache 1", "files_cold 2", "files_warm 2", "cache_cold 2", "cache 2"],
            report.Rows.Select(row => $"{row.Name} {row.Workers}"));
        Assert.All(report.Rows, row => Assert.True(row is { ClipsPerSecond: > 0, MegabytesPerSecond: > 0 }));
        Assert.Equal("MS3 train, 2 clips", report.Dataset);
        Assert.Null(report.Loader);
    }

    [Fact]
    public void The_wait_for_batches_is_a_part_of_the_step()
    {
        Compose();
        var report = DataBenchmark.Run(Experiment(), CPU, new DataBenchmarkOptions(Clips: 1, Rounds: 1, Steps: 2, ComparePython: false));
        Assert.NotNull(report.Loader);
        Assert.InRange(report.Loader.Share, 0, 1);
        Assert.True(report.Loader.StepSeconds > 0);
    }
}
