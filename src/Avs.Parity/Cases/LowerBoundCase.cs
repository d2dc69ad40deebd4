using Avs.Models.Ecmvae;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>The stand-alone mutual-information lower bound of a visual map and audio vectors.</summary>
internal sealed class LowerBoundCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module == "MMILB" && item.HasInputs("visual", "audio");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        Tensor visual = item.Input("visual", gradient: true), audio = item.Input("audio", gradient: true); // [N,C,h,w], [B,T,C]
        using var module = new LowerBoundRegulariser(
            new RegulariserSize(visual.shape[1], item.Number("hidden_channels", 64), item.Number("mi_latent", 6), visual.shape[2],
                visual.shape[3]));
        ParityTensors.Fill(module, item.Weights[0], item);

        var bound = (LevelBound)module.call(visual, audio.reshape(-1, audio.shape[2]), new HashNoise(item), 0);
        var loss = MutualInformation.LowerBound(bound.Heads);
        outputs.Give("loss", loss);
        outputs.GiveGradients("grad/", loss, new Dictionary<string, Tensor> { ["visual"] = visual, ["audio"] = audio }, module);
    }
}
