using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Models.Audio;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>
/// VGGish: the convolutions' output and the embedding of log-mel examples, and the embedding of a waveform that goes through the front end
/// first.
/// </summary>
internal sealed class VggishCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module == "VGGish" && (item.HasInputs("log_mel") || item.HasInputs("wave"));

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        using var network = new Vggish();
        ParityTensors.Fill(network, item.Weights[0], item);
        using var noGradient = no_grad();
        if (item.HasInputs("log_mel"))
        {
            var logMel = item.Input("log_mel");
            outputs.Give("features", network.Features(logMel));
            outputs.Give("embedding", network.call(logMel));
        }
        if (!item.Inputs.TryGetValue("wave", out var wave)) return;
        var examples = LogMelFrontEnd.Compute(LogMelCase.Mono(wave), wave.SampleRate);
        long[] shape = [examples.Length / Clip.LogMelSize, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands];
        outputs.Give("embedding_of_wave", network.call(ParityTensors.From(examples, shape)));
    }
}
