using Avs.Models.AvsBench;
using Avs.Models.Losses;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>The baseline's MS3 losses: cross-entropy of every frame, the matching loss in its variants, and their sums.</summary>
internal sealed class AvsBenchLossCase : ICaseRule
{
    // The release's loss function normalises where nobody says otherwise; its training command says otherwise.
    private static readonly IReadOnlyDictionary<string, SimilarityLoss> Variants = new Dictionary<string, SimilarityLoss>
    {
        ["kl"] = new(),
        ["kl_max"] = new(MaskPooling.Maximum),
        ["euclid"] = new(Distance: MatchingDistance.Euclidean),
        ["threshold_kl"] = new(Threshold: true),
        ["closer_kl"] = new(Target: MatchingTarget.NearestSoundsPicture),
        ["closer_euclid"] = new(Distance: MatchingDistance.Euclidean, Target: MatchingTarget.NearestSoundsPicture),
    };

    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 0 && item.HasInputs("pred", "mask", "visual1", "audio1") && item.Outputs.ContainsKey("kl/loss");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        var given = MatchingInputs.From(item);
        var released = AvsBenchObjective.MS3 with
        {
            MatchingStages = given.Stages("count_stages"),
            MatchingWeight = given.Weight(0.5)
        };
        Give("bce", AvsBenchObjective.MS3 with { MatchingWeight = 0 }, term => term.CrossEntropy);
        foreach (var (name, loss) in Variants) Give(name, released with { Distance = loss }, term => term.Matching);
        Give("total", released, term => term.Total);
        Give("total_norm", released with { Distance = new SimilarityLoss() }, term => term.Total);
        Give("total_closer", released with { Distance = released.Distance with { Target = MatchingTarget.NearestSoundsPicture } },
            term => term.Total);
        Give("total_off", released with { MatchingWeight = 0 }, term => term.Total);

        void Give(string name, AvsBenchObjective objective, Func<AvsBenchTerms, Tensor> value) =>
            given.Give(outputs, name, objective.Compute(given.Output, MatchingInputs.Batch(item.Input("mask"))), value);
    }
}
