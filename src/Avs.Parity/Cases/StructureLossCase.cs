using Avs.Models.Losses;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>The structure loss on all frames (<c>ms3</c>) and on the first frame of each clip of five (<c>s4</c>, <c>s4_5d</c>).</summary>
internal sealed class StructureLossCase : ICaseRule
{
    private const int FramesPerClip = 5;

    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 0 && item.Inputs.Count == 2 && item.HasInputs("pred", "mask") && item.Outputs.ContainsKey("ms3/loss");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        var loss = new StructureLoss();
        Tensor pred = item.Input("pred", gradient: true), mask = item.Input("mask");
        var first = arange(0, pred.shape[0], FramesPerClip);
        Give("ms3", loss.Compute(pred, mask));
        Give("s4", loss.Compute(pred.index_select(0, first), mask.index_select(0, first)));
        Give("s4_5d", loss.Compute(pred.index_select(0, first), mask.index_select(0, first)));

        void Give(string variant, Tensor value)
        {
            outputs.Give(variant + "/loss", value);
            outputs.GiveGradients(variant + "/grad/", value, new Dictionary<string, Tensor> { ["pred"] = pred });
        }
    }
}
