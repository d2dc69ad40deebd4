using Avs.Models.Losses;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>
/// ECMVAE's audio-visual matching loss in its variants, and its sum with the structure loss of the clips' first frames (weight 0.5, and 0).
/// </summary>
internal sealed class SimilarityLossCase : ICaseRule
{
    private const double Weight = 0.5;
    private const int FramesPerClip = 5;

    private static readonly IReadOnlyDictionary<string, SimilarityLoss> Variants = new Dictionary<string, SimilarityLoss>
    {
        ["kl_avg"] = new(),
        ["kl_max"] = new(MaskPooling.Maximum),
        ["kl_nonorm"] = new(Normalise: false),
        ["kl_threshold"] = new(Threshold: true),
        ["euclid"] = new(Distance: MatchingDistance.Euclidean),
    };

    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 0 && item.HasInputs("pred", "mask", "visual1", "audio1") && item.Outputs.ContainsKey("kl_avg/loss");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        var inputs = new Dictionary<string, Tensor> { ["pred"] = item.Input("pred", gradient: true) };
        var levels = 1;
        for (; item.HasInputs($"visual{levels}", $"audio{levels}"); levels++)
        {
            inputs[$"visual{levels}"] = item.Input($"visual{levels}", gradient: true);
            inputs[$"audio{levels}"] = item.Input($"audio{levels}", gradient: true); // [B,T,C]
        }
        Tensor[] visual = [.. Enumerable.Range(1, levels - 1).Select(i => inputs[$"visual{i}"])];
        Tensor[] audio = [.. Enumerable.Range(1, levels - 1).Select(i => inputs[$"audio{i}"].flatten(0, 1))]; // [B,T,C] -> [N,C]

        foreach (var (name, loss) in Variants)
            if (outputs.Wants(name + "/loss")) Give(name, loss.Compute(inputs["pred"], visual, audio));

        var first = arange(0, inputs["pred"].shape[0], FramesPerClip);
        var segmentation = new StructureLoss().Compute(inputs["pred"].index_select(0, first), item.Input("mask").index_select(0, first));
        var matching = new SimilarityLoss().Compute(inputs["pred"], visual, audio);
        outputs.Give("total/iou_loss", segmentation);
        outputs.Give("total/sa_loss", matching);
        Give("total", segmentation + matching * Weight);
        outputs.Give("total_lambda0/iou_loss", segmentation);
        outputs.Give("total_lambda0/sa_loss", zeros_like(matching)); // not evaluated at weight 0
        Give("total_lambda0", segmentation);

        void Give(string name, Tensor value)
        {
            outputs.Give(name + "/loss", value);
            outputs.GiveGradients(name + "/grad/", value, inputs);
        }
    }
}
