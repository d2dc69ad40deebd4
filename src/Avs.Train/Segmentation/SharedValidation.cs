using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Train.Distribution;

namespace Avs.Train.Segmentation;

/// <summary>
/// Measures a segmenter over a data set whose batches several processes share. Each counts the pixels of the frames of its batches; the
/// counts of all are then put together in the order of the data set, so the scores are those of a single process, to the bit.
/// </summary>
internal static class SharedValidation
{
    public static Scores Run(Segmenter segmenter, IClipDataset dataset, EvaluationOptions options, ICommunicator workers)
    {
        int[] own = [.. Enumerable.Range(0, dataset.Clips.Count).Where(i => i / options.ClipsPerBatch % workers.Size == workers.Rank)];
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes))
        {
            if (own.Length > 0)
            {
                foreach (var (index, clip) in own.Zip(Evaluator.Run(segmenter, new ClipSubset(dataset, own), options).Scores.Clips))
                    Write(writer, index, clip);
            }
        }

        var clips = new ClipScore[dataset.Clips.Count];
        foreach (var part in workers.Gather(bytes.ToArray()))
            Read(part, dataset, clips);
        return new Scores(clips, options.ClipsPerCall);
    }

    private static void Write(BinaryWriter writer, int index, ClipScore clip)
    {
        writer.Write(index);
        writer.Write(clip.Frames.Count);
        foreach (var (frame, number) in clip.Frames.Zip(clip.FrameNumbers))
        {
            foreach (var count in (int[])[number, frame.Pixels, frame.Target, frame.Active, frame.Both])
                writer.Write(count);
            WriteAll(frame.Positive);
            WriteAll(frame.TruePositive);
        }
        writer.Write(clip.Classes is not null);
        clip.Classes?.Write(writer);

        void WriteAll(int[] counts)
        {
            writer.Write(counts.Length);
            foreach (var count in counts)
                writer.Write(count);
        }
    }

    private static void Read(byte[] bytes, IClipDataset dataset, ClipScore[] clips)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        while (reader.BaseStream.Position < bytes.Length)
        {
            var index = reader.ReadInt32();
            var (frames, numbers) = (new FrameScore[reader.ReadInt32()], new List<int>());
            for (var i = 0; i < frames.Length; i++)
            {
                numbers.Add(reader.ReadInt32());
                frames[i] = new FrameScore(
                    reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), ReadAll(), ReadAll());
            }
            clips[index] = new ClipScore(dataset.Clips[index], dataset.Clips[index], frames, numbers)
            {
                Classes = reader.ReadBoolean() ? ClassTotals.Read(reader) : null,
            };
        }

        int[] ReadAll() => [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadInt32())];
    }
}
