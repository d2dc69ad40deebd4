using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Train.Distribution;

namespace Avs.Train.Segmentation;

/// <summary>
/// Measures a segmenter over a data set whose batches several processes share. Each scores the frames of its batches; the scores of all are
/// then put together in the order of the data set, so they are those of a single process, to the bit.
/// </summary>
internal static class SharedValidation
{
    /// <returns>mIoU and F-score, the same in every process.</returns>
    public static (double Miou, double FScore) Run(
        Segmenter segmenter, IClipDataset dataset, EvaluationOptions options, ICommunicator workers)
    {
        int[] own = [.. Enumerable.Range(0, dataset.Clips.Count).Where(i => i / options.ClipsPerBatch % workers.Size == workers.Rank)];
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes))
        {
            options = options with { Observe = clip => Write(writer, own[clip.Index], clip) };
            if (own.Length > 0)
                Evaluator.Run(segmenter, new ClipSubset(dataset, own), options);
        }

        var frames = new IReadOnlyList<FrameScore>?[dataset.Clips.Count];
        foreach (var part in workers.Gather(bytes.ToArray()))
            Read(part, frames);
        var (iou, f) = (new IouMeter(options.Mode), new FScoreMeter(options.Mode));
        foreach (var (clip, scores) in dataset.Clips.Zip(frames))
        {
            iou.Add(clip.Id, clip.Category, scores!);
            f.Add(clip.Id, clip.Category, scores!);
        }
        return (iou.Result().Value, f.Result().Value);
    }

    private static void Write(BinaryWriter writer, int index, ClipPrediction clip)
    {
        writer.Write(index);
        writer.Write(clip.Frames.Count);
        foreach (var frame in clip.Frames)
        {
            writer.Write(frame.Iou);
            writer.Write(frame.F is not null);
            foreach (var value in (float[])[.. frame.Precision ?? [], .. frame.Recall ?? [], .. frame.F ?? []])
                writer.Write(value);
        }
    }

    private static void Read(byte[] bytes, IReadOnlyList<FrameScore>?[] frames)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        float[] Curve() => [.. Enumerable.Range(0, FScoreThresholds.Count).Select(_ => reader.ReadSingle())];
        while (reader.BaseStream.Position < bytes.Length)
        {
            var index = reader.ReadInt32();
            frames[index] = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadDouble() is var iou && reader.ReadBoolean()
                ? new FrameScore(iou, Curve(), Curve(), Curve())
                : new FrameScore(iou, null, null, null))];
        }
    }
}
