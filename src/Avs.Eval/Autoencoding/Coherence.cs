using Avs.Models.Vae.Multimodal;
using static TorchSharp.torch;

// Coherence (Y. Shi et al., NeurIPS 2019; T. Sutter et al., ICLR 2021): whether the modalities that a model makes belong together, by
// classifiers of each modality that were trained on real examples.
//
//   joint         of examples drawn from the prior, the share of which the classifiers of all modalities name the same class
//   conditional   of modality m made from a set A of the others (m not in A), the share that is classified as the examples that A is of;
//                 averaged over every A of one size and every m, and for A = all but m

namespace Avs.Eval.Autoencoding;

/// <summary>Whether modalities that a model makes belong together.</summary>
/// <param name="Joint">The share of examples of the prior whose modalities are all classified alike.</param>
/// <param name="ByGiven">For 1, 2, … M − 1 modalities that are given: the share of the others that is classified rightly.</param>
/// <param name="LeaveOneOut">For each modality: the share that is classified rightly when all others are given.</param>
public sealed record Coherence(double Joint, IReadOnlyList<double> ByGiven, IReadOnlyList<double> LeaveOneOut)
{
    private const int MostModalities = 10;

    /// <summary>Why nothing can be measured, in a few words; null where it can.</summary>
    /// <param name="hasShared">Whether something is known that all modalities of an example share.</param>
    public static string? WhyNone(int modalities, bool hasShared) => modalities switch
    {
        1 => "there is only one modality",
        > MostModalities => $"of {modalities} modalities 2^{modalities} − 2 sets can be given, too many: {MostModalities} are the most",
        _ => hasShared ? null : "the set names nothing that all modalities share",
    };

    /// <summary>The share of examples of which all modalities have the same class.</summary>
    /// <param name="classes">The class of each example, for each modality.</param>
    public static double ComputeJoint(IReadOnlyList<int[]> classes) =>
        Enumerable.Range(0, classes[0].Length).Average(i => classes.All(of => of[i] == classes[0][i]) ? 1.0 : 0.0);

    /// <summary>Conditional coherence.</summary>
    /// <param name="examples">Every modality of real examples, [N,C,H,W] each.</param>
    /// <param name="labels">The class of each example.</param>
    /// <param name="generate">Every modality from those that are given.</param>
    /// <param name="classify">The class of each image of a modality.</param>
    /// <returns>
    /// For each set of given modalities, whose members' bits are set, and each modality that is not in it: how many are right.
    /// </returns>
    public static IEnumerable<(int Given, int Target, int Right)> CountConditional(
        IReadOnlyList<Tensor> examples, IReadOnlyList<int> labels,
        Func<MultimodalInput, IReadOnlyList<Tensor>> generate, Func<int, Tensor, int[]> classify)
    {
        for (var given = 1; given < (1 << examples.Count) - 1; given++)
        {
            using var scope = NewDisposeScope();
            var chosen = given;
            var made = generate(new MultimodalInput([.. examples.Select((x, m) => Has(chosen, m) ? x : null)]));
            for (var m = 0; m < examples.Count; m++)
                if (!Has(given, m))
                    yield return (given, m, classify(m, made[m]).Zip(labels).Count(pair => pair.First == pair.Second));
        }
    }

    /// <summary>The averages of all counts.</summary>
    /// <param name="modalities">M.</param>
    /// <param name="examples">How many examples the counts are of.</param>
    public static Coherence From(double joint, IReadOnlyList<(int Given, int Target, int Right)> counts, int modalities, int examples)
    {
        double Share(Func<(int Given, int Target, int Right), bool> which)
        {
            var chosen = counts.Where(which).GroupBy(count => (count.Given, count.Target));
            return chosen.Average(same => same.Sum(count => count.Right) / (double)examples);
        }

        var all = (1 << modalities) - 1;
        return new Coherence(
            joint,
            [.. Enumerable.Range(1, modalities - 1).Select(size => Share(count => int.PopCount(count.Given) == size))],
            [.. Enumerable.Range(0, modalities).Select(m => Share(count => count.Target == m && count.Given == (all & ~(1 << m))))]);
    }

    private static bool Has(int set, int modality) => (set >> modality & 1) == 1;
}
