namespace Avs.Eval.Metrics;

/// <summary>The scores of classes by one protocol, 0 to 1; NaN where no class was there.</summary>
/// <param name="Miou">Mean IoU over classes.</param>
/// <param name="FScore">Mean F-score over classes.</param>
/// <param name="MiouWithoutBackground">The same without the background (<see cref="Protocol.AvsBench"/>: without the last class).</param>
/// <param name="FScoreWithoutBackground">Likewise.</param>
public sealed record ClassScore(double Miou, double FScore, double MiouWithoutBackground, double FScoreWithoutBackground)
{
    /// <summary>The four by their names in files.</summary>
    public IReadOnlyList<(string Name, double Value)> Named =>
    [
        ("miou", Miou), ("f_score", FScore), ("miou_without_background", MiouWithoutBackground),
        ("f_score_without_background", FScoreWithoutBackground),
    ];
}

/// <summary>The scores of one class.</summary>
/// <param name="Number">Its number; 0 is the background.</param>
/// <param name="Frames">Frames in whose truth or prediction it is.</param>
/// <param name="TargetFrames">Frames in whose truth it is.</param>
/// <param name="Iou">Mean IoU over its frames; NaN without any.</param>
/// <param name="F">Mean F-score over them.</param>
/// <param name="SummedIou">Its intersections over its unions, summed over all frames.</param>
/// <param name="SummedF">The F-score of the summed counts.</param>
public sealed record OneClassScore(
    int Number, int Frames, int TargetFrames, double Iou, double F, double SummedIou, double SummedF);

/// <summary>How well classes are told apart (AVSS); docs/metrics.md has the formulas.</summary>
/// <param name="ByProtocol">
/// <see cref="Protocol.AvsBench"/>: the release's, whose frames that pad shorter clips count as background that was found, whose classes
/// that are nowhere count 0, and which leaves out the last class where it means to leave out the background.
/// <see cref="Protocol.Frame"/>: frames that exist and classes that are somewhere. <see cref="Protocol.Dataset"/>: of summed pixels.
/// </param>
public sealed record ClassScores(
    IReadOnlyDictionary<Protocol, ClassScore> ByProtocol, IReadOnlyList<OneClassScore> Classes)
{
    /// <summary>What decides between checkpoints, and what reports begin with.</summary>
    public const Protocol Main = Protocol.Frame;

    /// <summary>The scores of some clips.</summary>
    public static ClassScores Compute(IReadOnlyList<ClassTotals> clips)
    {
        var all = ClassTotals.Sum(clips);
        OneClassScore[] classes = [.. Enumerable.Range(0, all.Classes).Select(c => Score(all, c))];
        var present = classes.Where(one => one.Frames > 0).ToArray();
        var objects = present.Where(one => one.Number > 0).ToArray();
        return new ClassScores(new Dictionary<Protocol, ClassScore>
        {
            [Protocol.AvsBench] = Released(all),
            [Protocol.Frame] = new(
                Mean(present, one => one.Iou), Mean(present, one => one.F), Mean(objects, one => one.Iou), Mean(objects, one => one.F)),
            [Protocol.Dataset] = new(
                Mean(present, one => one.SummedIou), Mean(present, one => one.SummedF), Mean(objects, one => one.SummedIou),
                Mean(objects, one => one.SummedF)),
        }, classes);
    }

    private static OneClassScore Score(ClassTotals all, int c)
    {
        var frames = all.Frames[c];
        if (frames == 0)
            return new OneClassScore(c, 0, 0, double.NaN, double.NaN, double.NaN, double.NaN);
        return new OneClassScore(
            c, frames, all.TargetFrames[c], all.Iou[c] / frames, all.F[c] / frames,
            (double)all.Both[c] / (all.Active[c] + all.Target[c] - all.Both[c]),
            FrameScore.FScore(all.Both[c], all.Active[c], all.Target[c]));
    }

    private static ClassScore Released(ClassTotals all)
    {
        // A frame of zeros that is answered with zeros: IoU and F of the background are 1.
        double Of(IReadOnlyList<double> sums, int c)
        {
            var padding = c == 0 ? all.Padding : 0;
            return all.Frames[c] + padding == 0 ? 0 : (sums[c] + padding) / (all.Frames[c] + padding);
        }
        double Average(IReadOnlyList<double> sums, int classes) => Enumerable.Range(0, classes).Average(c => Of(sums, c));
        return new ClassScore(
            Average(all.Iou, all.Classes), Average(all.F, all.Classes), Average(all.Iou, all.Classes - 1),
            Average(all.F, all.Classes - 1));
    }

    private static double Mean(OneClassScore[] classes, Func<OneClassScore, double> score) =>
        classes.Select(score).DefaultIfEmpty(double.NaN).Average();
}
