using Avs.Core;

namespace Avs.Eval.Metrics;

/// <summary>What a comparison needs of a clip: sums over its frames.</summary>
/// <param name="Clip">Its name.</param>
/// <param name="Frames">Labelled frames.</param>
/// <param name="Iou">Mean IoU of them.</param>
/// <param name="F">Largest F-score of the clip's mean curve; null where none of its frames has a target.</param>
/// <param name="Target">Pixels of the true masks.</param>
/// <param name="Active">Pixels of the predicted masks.</param>
/// <param name="Both">Pixels of both.</param>
public sealed record ComparedClip(string Clip, int Frames, double Iou, double? F, long Target, long Active, long Both);

/// <summary>One measure of two runs on the same clips.</summary>
/// <param name="Measure">Its name.</param>
/// <param name="First">The first run's value.</param>
/// <param name="Second">The second run's value.</param>
/// <param name="Difference">The 95 % bootstrap interval of first - second.</param>
/// <param name="P">How often, if the runs did not differ, a difference of at least this size would be seen.</param>
public sealed record PairedScore(string Measure, double First, double Second, Interval Difference, double P);

/// <summary>
/// Compares two runs clip by clip. The interval of the difference is a bootstrap over clips, each drawn with both its results; p is that of
/// a permutation test (Fisher): the two results of each clip are exchanged at random, and p is the share of exchanges, the one that was
/// observed among them, whose difference is at least as large in either direction.
/// </summary>
public static class PairedComparison
{
    /// <summary>Draws of the bootstrap, and exchanges of the test.</summary>
    public const int UsualDraws = 10_000;

    private static readonly (string Name, Func<ComparedClip[], double> Score)[] Measures =
    [
        ("mIoU of frames", clips => clips.Sum(clip => clip.Frames * clip.Iou) / clips.Sum(clip => clip.Frames)),
        ("mean F-score of clips", clips => clips.Select(clip => clip.F).OfType<double>().DefaultIfEmpty().Average()),
        ("dataset IoU", clips => clips.Sum(clip => clip.Target + clip.Active - clip.Both) is var union && union == 0
            ? 1
            : (double)clips.Sum(clip => clip.Both) / union),
    ];

    /// <summary>Compares two runs.</summary>
    /// <param name="first">One run's clips.</param>
    /// <param name="second">The other's, the same clips in the same order.</param>
    /// <param name="seed">Decides the draws.</param>
    public static IReadOnlyList<PairedScore> Run(
        IReadOnlyList<ComparedClip> first, IReadOnlyList<ComparedClip> second, int draws = UsualDraws, long seed = 0)
    {
        if (first.Count == 0 || !first.Select(clip => clip.Clip).SequenceEqual(second.Select(clip => clip.Clip), StringComparer.Ordinal))
            throw new ArgumentException("the two runs are not of the same clips in the same order");
        return [.. Measures.Select(measure => Compare(measure.Name, measure.Score, [.. first], [.. second], draws, seed))];
    }

    private static PairedScore Compare(
        string name, Func<ComparedClip[], double> score, ComparedClip[] first, ComparedClip[] second, int draws, long seed)
    {
        var observed = score(first) - score(second);
        var (one, two) = (new ComparedClip[first.Length], new ComparedClip[first.Length]);
        var random = new NamedRandom(seed, "compare/bootstrap");
        var differences = new double[draws];
        for (var draw = 0; draw < draws; draw++)
        {
            for (var i = 0; i < one.Length; i++)
            {
                var drawn = random.NextInt(one.Length);
                (one[i], two[i]) = (first[drawn], second[drawn]);
            }
            differences[draw] = score(one) - score(two);
        }
        random = new NamedRandom(seed, "compare/permutation");
        // Sums in another order may differ in their last digits.
        var least = Math.Abs(observed) - 1e-12;
        var asLarge = 1;
        for (var draw = 0; draw < draws; draw++)
        {
            for (var i = 0; i < one.Length; i++)
                (one[i], two[i]) = random.Chance(0.5) ? (first[i], second[i]) : (second[i], first[i]);
            if (Math.Abs(score(one) - score(two)) >= least)
                asLarge++;
        }
        return new PairedScore(name, score(first), score(second), Bootstrap.Middle(differences), (double)asLarge / (draws + 1));
    }
}
