using Avs.Models.Ecmvae;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>An ECMVAE neck alone: its four levels and the gradients of Σₖ Σ(levelₖ·Rₖ).</summary>
internal sealed class NeckCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module is "basic_neck" or "aspp_neck"
        && item.HasInputs("level1", "level2", "level3", "level4", "R1", "R2", "R3", "R4");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        Tensor[] inputs = [.. Enumerable.Range(1, 4).Select(i => item.Input($"level{i}", gradient: true))];
        var kind = item.Weights[0].Module == "aspp_neck" ? NeckKind.Aspp : NeckKind.Basic;
        using var neck = new Neck(kind, [.. inputs.Select(level => level.shape[1])], item.Inputs["R1"].Shape[1]);
        ParityTensors.Fill(neck, item.Weights[0], item);

        var levels = neck.call(inputs);
        for (var i = 0; i < 4; i++) outputs.Give($"level{i + 1}", levels[i]);
        var objective = levels.Select((level, i) => (level * item.Input($"R{i + 1}")).sum()).Aggregate((a, b) => a + b);
        outputs.GiveGradients(
            "grad/", objective, inputs.Select((level, i) => ($"level{i + 1}", level))
                .ToDictionary(pair => pair.Item1, pair => pair.level), neck);
        outputs.GiveBuffers(neck);
    }
}
