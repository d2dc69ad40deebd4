using Avs.Models.Ecmvae;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>An ECMVAE decoder alone: its logits and the gradients of Σ(pred·R).</summary>
internal sealed class DecoderCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module.EndsWith(" decoder", StringComparison.Ordinal)
            && item.HasInputs("level1", "level2", "level3", "level4", "R");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        Tensor[] levels = [.. Enumerable.Range(1, 4).Select(i => item.Input($"level{i}", gradient: true))];
        using var decoder = SegmentationDecoder.Create(Kind(item.Weights[0].Module[..^" decoder".Length]), levels[0].shape[1]);
        ParityTensors.Fill(decoder, item.Weights[0], item);

        var logits = decoder.call(levels);
        outputs.Give("pred", logits);
        outputs.GiveGradients(
            "grad/", (logits * item.Input("R")).sum(),
            levels.Select((level, i) => ($"level{i + 1}", level)).ToDictionary(pair => pair.Item1, pair => pair.level), decoder);
    }

    internal static DecoderKind Kind(string name) => name switch
    {
        "simple_no_module" => DecoderKind.SimpleNoModule,
        "simple" => DecoderKind.Simple,
        "rcab" => DecoderKind.Rcab,
        _ => throw new NotCoveredException($"no decoder '{name}'"),
    };
}
