using Avs.Models.Backbones;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>A visual backbone alone: its four levels, or the gradients of Σₖ Σ(levelₖ·Rₖ)/100.</summary>
internal sealed class BackboneCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && BackboneRegistry.All.Any(entry => entry.Name == item.Weights[0].Module)
        && item.HasInputs("image") && (item.Outputs.ContainsKey("level1") || item.Outputs.ContainsKey("objective"));

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        var gradients = outputs.Wants("objective");
        var image = item.Input("image", gradients);
        using var backbone = BackboneRegistry.Create(item.Weights[0].Module);
        ParityTensors.Fill(backbone, item.Weights[0], item);
        using var mode = set_grad_enabled(gradients);

        var levels = backbone.call(image);
        for (var i = 0; i < levels.Count; i++) outputs.Give($"level{i + 1}", levels[i]);
        if (!gradients) return;
        var objective = levels.Select((level, i) => (level * item.Input($"R{i + 1}")).sum()).Aggregate((a, b) => a + b) / 100;
        outputs.Give("objective", objective);
        outputs.GiveGradients("grad/", objective, new Dictionary<string, Tensor> { ["image"] = image }, backbone);
    }
}
