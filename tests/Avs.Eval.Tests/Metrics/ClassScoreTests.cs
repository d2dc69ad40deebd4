using Avs.Eval.Metrics;

namespace Avs.Eval.Tests.Metrics;

/// <summary>The scores of classes, by hand on frames of two by two pixels.</summary>
public class ClassScoreTests
{
    // Three classes; a class that is neither in truth nor prediction of a frame does not count in it.
    private static ClassTotals Clip(int padding, params (byte[] Predicted, byte[] Truth)[] frames)
    {
        var totals = new ClassTotals(3, padding);
        foreach (var (predicted, truth) in frames)
            totals.Add(predicted, truth);
        return totals;
    }

    // F = 1.3 P R / (0.3 P + R).
    private static double F(double precision, double recall) => 1.3 * precision * recall / (0.3 * precision + recall);

    [Fact]
    public void The_scores_of_one_frame_are_those_computed_by_hand()
    {
        // Of class 0: 2 of 2 predicted are true, 2 of 3 true found; of class 1: 1 of 2 predicted, 1 of 1 true.
        var scores = ClassScores.Compute([Clip(0, ([0, 0, 1, 1], [0, 0, 0, 1]))]);

        double first = 2.0 / 3, second = 1.0 / 2;
        var frame = scores.ByProtocol[Protocol.Frame];
        Assert.Equal((first + second) / 2, frame.Miou, 1e-12);
        Assert.Equal((F(1, 2.0 / 3) + F(0.5, 1)) / 2, frame.FScore, 1e-12);
        Assert.Equal(second, frame.MiouWithoutBackground, 1e-12);
        Assert.Equal(F(0.5, 1), frame.FScoreWithoutBackground, 1e-12);
        // The release's: over all three classes, and over the first two where it means to leave out the background.
        var released = scores.ByProtocol[Protocol.AvsBench];
        Assert.Equal((first + second) / 3, released.Miou, 1e-12);
        Assert.Equal((first + second) / 2, released.MiouWithoutBackground, 1e-12);
        Assert.Equal(frame, scores.ByProtocol[Protocol.Dataset]);
    }

    [Fact]
    public void Frames_count_alike_and_summed_pixels_do_not()
    {
        // Class 1: IoU 1 of 1 pixel in the first frame, 0 of 3 in the second; class 0: 1 and 1/4.
        var scores = ClassScores.Compute([Clip(0, ([0, 0, 0, 1], [0, 0, 0, 1]), ([0, 0, 0, 0], [0, 1, 1, 1]))]);

        Assert.Equal(((1 + 0.25) / 2 + (1 + 0) / 2.0) / 2, scores.ByProtocol[Protocol.Frame].Miou, 1e-12);
        Assert.Equal((4.0 / 7 + 1.0 / 4) / 2, scores.ByProtocol[Protocol.Dataset].Miou, 1e-12);
        Assert.Equal((2, 2, 4.0 / 7), (scores.Classes[0].Frames, scores.Classes[1].TargetFrames, scores.Classes[0].SummedIou));
    }

    [Fact]
    public void A_class_that_is_predicted_and_nowhere_true_counts_as_wrong()
    {
        var scores = ClassScores.Compute([Clip(0, ([0, 0, 2, 2], [0, 0, 0, 0]))]);

        Assert.Equal((0.5 + 0) / 2, scores.ByProtocol[Protocol.Frame].Miou, 1e-12);
        var wrong = scores.Classes[2];
        Assert.Equal((1, 0, 0.0, 0.0), (wrong.Frames, wrong.TargetFrames, wrong.Iou, wrong.F));
        Assert.True(double.IsNaN(scores.Classes[1].Iou));
    }

    [Fact]
    public void Frames_that_pad_a_clip_count_in_the_form_of_the_release_only()
    {
        (byte[], byte[]) frame = ([0, 0, 1, 1], [0, 0, 0, 1]);
        var (alone, padded) = (ClassScores.Compute([Clip(0, frame)]), ClassScores.Compute([Clip(3, frame)]));

        Assert.Equal(alone.ByProtocol[Protocol.Frame], padded.ByProtocol[Protocol.Frame]);
        Assert.Equal(alone.ByProtocol[Protocol.Dataset], padded.ByProtocol[Protocol.Dataset]);
        Assert.Equal(((2.0 / 3 + 3) / 4 + 0.5) / 3, padded.ByProtocol[Protocol.AvsBench].Miou, 1e-12);
        Assert.Equal(((F(1, 2.0 / 3) + 3) / 4 + F(0.5, 1)) / 3, padded.ByProtocol[Protocol.AvsBench].FScore, 1e-12);
    }

    [Fact]
    public void Perfect_is_one_and_a_permutation_of_the_clips_changes_nothing()
    {
        var random = new Random(1);
        byte[] Frame() => [.. Enumerable.Range(0, 16).Select(_ => (byte)random.Next(3))];
        ClassTotals[] clips = [.. Enumerable.Range(0, 6).Select(i => Clip(i % 2, (Frame(), Frame()), (Frame(), Frame())))];
        var truth = Frame();

        Assert.All(ClassScores.Compute([Clip(0, (truth, truth))]).ByProtocol.Values.SelectMany(score => score.Named),
            score => Assert.Equal(1, score.Value, 1e-12));
        var (one, other) = (ClassScores.Compute(clips), ClassScores.Compute([.. clips.Reverse()]));
        foreach (var protocol in one.ByProtocol.Keys)
            Assert.All(one.ByProtocol[protocol].Named.Zip(other.ByProtocol[protocol].Named),
                pair => Assert.Equal(pair.First.Value, pair.Second.Value, 1e-12));
    }

    [Fact]
    public void Sums_come_back_from_another_process_to_the_bit()
    {
        var clip = Clip(2, ([0, 0, 1, 1], [0, 2, 0, 1]), ([1, 1, 1, 2], [0, 1, 1, 1]));
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        clip.Write(writer);
        bytes.Position = 0;

        var read = ClassTotals.Read(new BinaryReader(bytes));

        Assert.Equal(clip.Padding, read.Padding);
        foreach (var sums in (Func<ClassTotals, IEnumerable<double>>[])
            [
                one => one.Iou, one => one.F, one => one.Frames.Select(count => (double)count),
                one => one.TargetFrames.Select(count => (double)count), one => one.Target.Select(count => (double)count),
                one => one.Active.Select(count => (double)count), one => one.Both.Select(count => (double)count),
            ])
            Assert.Equal(sums(clip), sums(read));
    }

    [Fact]
    public void The_interval_of_clips_that_are_all_alike_is_a_point()
    {
        var clip = Clip(1, ([0, 0, 1, 1], [0, 0, 0, 1]));
        var scores = ClassScores.Compute([clip, clip, clip]);
        foreach (var (protocol, interval) in Bootstrap.ClassIntervals([clip, clip, clip], draws: 20))
        {
            Assert.Equal(scores.ByProtocol[protocol].Miou, interval.Miou.Low, 1e-12);
            Assert.Equal(scores.ByProtocol[protocol].Miou, interval.Miou.High, 1e-12);
        }
    }

    [Fact]
    public void A_class_that_the_data_do_not_have_is_refused() =>
        Assert.Throws<ArgumentException>(() => Clip(0, ([0, 0, 0, 3], [0, 0, 0, 0])));
}
