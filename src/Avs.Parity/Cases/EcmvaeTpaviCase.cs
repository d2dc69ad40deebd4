using Avs.Models.Fusion;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>
/// ECMVAE's TPAVI alone: visual [N,C,h,w] and audio [N,C] in, the same and the audio as [B,C,T] out. (The baseline's TPAVI has visual
/// [B,C,T,h,w].)
/// </summary>
internal sealed class EcmvaeTpaviCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module.StartsWith("TPAVI", StringComparison.Ordinal)
        && item.HasInputs("visual", "audio") && item.Inputs["visual"].Shape.Count == 4;

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        long channels = item.Inputs["visual"].Shape[1], frames = item.Inputs["visual"].Shape[0];
        var framesPerClip = item.Outputs.TryGetValue("audio_out", out var audioOut) ? audioOut.Shape[2] : 5;
        var inner = item.Outputs.TryGetValue("grad/g.weight", out var g) ? g.Shape[0] : channels / 2;
        using var module = new Tpavi(channels, inner);
        ParityTensors.Fill(module, item.Weights[0], item);

        Tensor visual = item.Input("visual", gradient: true), audio = item.Input("audio", gradient: true);
        var fused = module.call(visual, audio, (int)framesPerClip);
        outputs.Give("visual_out", fused.Visual);
        outputs.Give("audio_out", fused.Audio.reshape(frames / framesPerClip, framesPerClip, channels).transpose(1, 2)); // [N,C] -> [B,C,T]
        outputs.GiveBuffers(module);
        if (!item.HasInputs("R")) return;
        var inputs = new Dictionary<string, Tensor> { ["visual"] = visual, ["audio"] = audio };
        outputs.GiveGradients("grad/", (fused.Visual * item.Input("R")).sum(), inputs, module);
    }
}
