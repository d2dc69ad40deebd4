using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Models.Backbones;
using Avs.Parity.Comparison;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>
/// Parts of a PVTv2 by their names in the tree, each on an input of its own: the picture for a patch embedding, for the others the token
/// sequence
/// <c>tokens⟨C⟩</c> of the stage's width, scaled where a note says so. Every output is a token sequence [N, tokens, C].
/// </summary>
internal sealed partial class PvtPartsCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module.StartsWith("pvt_v2_b", StringComparison.Ordinal)
        && item.Inputs.Keys.Any(key => key.StartsWith("tokens", StringComparison.Ordinal));

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        using var backbone = BackboneRegistry.Create(item.Weights[0].Module);
        ParityTensors.Fill(backbone, item.Weights[0], item);
        var parts = backbone.named_modules().ToDictionary(entry => entry.name, entry => entry.module);
        using var noGradient = no_grad();

        foreach (var name in outputs.Under("").ToArray())
        {
            if (!parts.TryGetValue(name, out var part)) continue;
            outputs.Give(name, part switch
            {
                LayerNorm norm => norm.call(Tokens(item, backbone, name)),
                // [N,C,h,w] -> [N,h*w,C]
                nn.Module<Tensor, Tensor> embedding => embedding.call(item.Input("image")).flatten(2).transpose(1, 2),
                nn.Module<Tensor, long, long, Tensor> layer => OnGrid(layer, Tokens(item, backbone, name)),
                _ => throw new NotCoveredException($"no input is known for '{name}'"),
            });
        }
    }

    // The stage's number stands at the end of the first part of the name: block3.5.mlp.
    private static Tensor Tokens(ParityCase item, VisualBackbone backbone, string part)
    {
        var stage = part.Split('.')[0][^1] - '1';
        var key = $"tokens{backbone.Channels[stage]}";
        var tokens = item.Input(key);
        foreach (var note in item.Notes)
            foreach (Match match in Scaled().Matches(note))
                if (match.Groups[1].Value == part && match.Groups[2].Value == key)
                    tokens = tokens * double.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
        return tokens;
    }

    // The grid is as near to a square as its number of tokens allows, and not higher than wide.
    private static Tensor OnGrid(nn.Module<Tensor, long, long, Tensor> layer, Tensor tokens)
    {
        long count = tokens.shape[1], height = (long)Math.Sqrt(count);
        while (count % height != 0) height--;
        return layer.call(tokens, height, count / height);
    }

    [GeneratedRegex(@"([\w.]+) takes (\w+) \* ([\d.]*\d)")]
    private static partial Regex Scaled();
}
