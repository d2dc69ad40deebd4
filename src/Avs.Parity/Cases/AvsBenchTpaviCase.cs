using Avs.Models.Fusion;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>
/// The baseline's TPAVI alone, with the sound or (where the case has none) visual only: visual [B,C,T,h,w] and audio [B,T,D] in, visual and
/// the aligned audio [B,T,C] out; gradients of Σ(visual_out·R) + Σ(audio_out·RA). (ECMVAE's TPAVI has visual [N,C,h,w].)
/// </summary>
internal sealed class AvsBenchTpaviCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module.StartsWith("TPAVI", StringComparison.Ordinal)
        && item.HasInputs("visual") && item.Inputs["visual"].Shape.Count == 5;

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        var shape = item.Inputs["visual"].Shape;
        long clips = shape[0], channels = shape[1], frames = shape[2];
        var withSound = item.HasInputs("audio");
        using var module = new AvsBenchTpavi(channels, withSound ? item.Inputs["audio"].Shape[2] : 128);
        ParityTensors.Fill(module, item.Weights[0], item);

        var inputs = new Dictionary<string, Tensor> { ["visual"] = item.Input("visual", gradient: true) };
        if (withSound) inputs["audio"] = item.Input("audio", gradient: true);
        var visual = inputs["visual"].transpose(1, 2).flatten(0, 1); // [B,C,T,h,w] -> [N,C,h,w]
        var fused = module.call(visual, withSound ? inputs["audio"].flatten(0, 1) : null, (int)frames);

        var z = fused.Visual.view(clips, frames, channels, shape[3], shape[4]).transpose(1, 2); // [N,C,h,w] -> [B,C,T,h,w]
        var audio = fused.Audio?.view(clips, frames, channels); // [N,C] -> [B,T,C]
        outputs.Give("visual_out", z);
        if (audio is not null) outputs.Give("audio_out", audio);
        outputs.GiveBuffers(module);
        if (!item.HasInputs("R")) return;
        var objective = (z * item.Input("R")).sum();
        if (audio is not null && item.HasInputs("RA")) objective += (audio * item.Input("RA")).sum();
        outputs.GiveGradients("grad/", objective, inputs, module);
    }
}
