namespace Avs.Eval.Autoencoding;

/// <summary>What can be said of scores by their order alone.</summary>
public static class RankOrder
{
    /// <summary>
    /// The area under the ROC curve: the probability that a positive's score is above a negative's, equal scores counting half. 0.5 is
    /// chance.
    /// </summary>
    public static double Auroc(IReadOnlyList<double> positives, IReadOnlyList<double> negatives)
    {
        if (positives.Count == 0 || negatives.Count == 0)
            throw new ArgumentException("an AUROC needs scores of both kinds");
        if (positives.Concat(negatives).Any(double.IsNaN))
            throw new ArgumentException("a score to be ranked is NaN");
        var sorted = positives.Select(score => (Score: score, Positive: true))
            .Concat(negatives.Select(score => (Score: score, Positive: false)))
            .OrderBy(entry => entry.Score).ToArray();
        double below = 0, sum = 0;
        for (var i = 0; i < sorted.Length;)
        {
            var end = i;
            int positive = 0, negative = 0;
            for (; end < sorted.Length && sorted[end].Score == sorted[i].Score; end++)
            {
                if (sorted[end].Positive)
                    positive++;
                else
                    negative++;
            }
            sum += positive * (below + negative * 0.5);
            below += negative;
            i = end;
        }
        return sum / positives.Count / negatives.Count;
    }

    /// <summary>The number below which a share of the values lies, interpolated linearly between two of them.</summary>
    /// <param name="share">0 to 1.</param>
    public static double Quantile(IReadOnlyList<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        var place = share * (sorted.Length - 1);
        var lower = (int)place;
        return lower + 1 < sorted.Length ? sorted[lower] + (place - lower) * (sorted[lower + 1] - sorted[lower]) : sorted[lower];
    }
}
