using Avs.Models.AvsBench;
using Avs.Models.Losses;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>
/// The baseline's S4 losses: cross-entropy of the clips' first frames, the cosine matching loss in its variants, and their sums.
/// </summary>
internal sealed class CosineMatchingCase : ICaseRule
{
    private const int FramesPerClip = 5;

    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 0 && item.HasInputs("pred", "mask", "visual1", "audio1") && item.Outputs.ContainsKey("sa_avg/loss");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        var given = MatchingInputs.From(item);
        var first = arange(0, given.Output.Logits.shape[0], FramesPerClip);
        var masks = item.Input("mask");
        if (masks.shape[0] == given.Output.Logits.shape[0]) masks = masks.index_select(0, first);

        AvsBenchObjective released = AvsBenchObjective.S4,
            on = released with
            {
                Matching = MatchingForm.Cosine,
                MatchingStages = given.Stages("count_stages"),
                MatchingWeight = given.Weight(50)
            };
        Give("bce", released, term => term.CrossEntropy);
        Give("sa_avg", on, term => term.Matching);
        Give("sa_max", on with { Cosine = new CosineMatchingLoss(MaskPooling.Maximum) }, term => term.Matching);
        Give("sa_nonorm", on with { Cosine = new CosineMatchingLoss(Normalise: false) }, term => term.Matching);
        Give("sa_two", on with { MatchingStages = given.Stages("two_stage") }, term => term.Matching);
        Give("total", on, term => term.Total);
        Give("total_no_sa", released, term => term.Total);

        void Give(string name, AvsBenchObjective objective, Func<AvsBenchTerms, Tensor> value) =>
            given.Give(outputs, name, objective.Compute(given.Output, MatchingInputs.Batch(masks, first)), value);
    }
}
