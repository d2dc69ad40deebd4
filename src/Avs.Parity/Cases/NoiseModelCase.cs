using Avs.Models.Ecmvae;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>The noise model alone: two codes tiled over a feature map and mixed in.</summary>
internal sealed class NoiseModelCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module == "noise_model" && item.HasInputs("deepest", "z1", "z2", "R");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        Tensor deepest = item.Input("deepest", gradient: true), z1 = item.Input("z1", gradient: true),
            z2 = item.Input("z2", gradient: true);
        using var module = new NoiseModel(deepest.shape[1], z1.shape[1]);
        ParityTensors.Fill(module, item.Weights[0], item);
        var mixed = module.call(deepest, z1, z2);
        outputs.Give("deepest_out", mixed);
        var inputs = new Dictionary<string, Tensor> { ["deepest"] = deepest, ["z1"] = z1, ["z2"] = z2 };
        outputs.GiveGradients("grad/", (mixed * item.Input("R")).sum(), inputs, module);
    }
}
