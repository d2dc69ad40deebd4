using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Parity.Comparison;

namespace Avs.Parity.Cases;

/// <summary>A waveform through the front end: <c>log_mel</c>, [examples, 1, 96, 64].</summary>
internal sealed class LogMelCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 0 && item.Outputs.Keys.SequenceEqual(["log_mel"])
            && item.Inputs.Values.Count(input => input.Kind == "waveform") == 1;

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        var wave = item.Inputs.Values.First(input => input.Kind == "waveform");
        var values = LogMelFrontEnd.Compute(Mono(wave), wave.SampleRate);
        outputs.Give("log_mel", values, [values.Length / Clip.LogMelSize, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands]);
    }

    /// <summary>The samples in [-1, 1], channels averaged.</summary>
    internal static double[] Mono(ParityInput wave)
    {
        var samples = HashFill.Waveform(wave);
        if (wave.Int16)
            for (var i = 0; i < samples.Length; i++) samples[i] /= 32768.0;
        var channels = wave.Shape.Count > 1 ? (int)wave.Shape[1] : 1;
        if (channels == 1) return samples;
        var mono = new double[samples.Length / channels];
        for (var t = 0; t < mono.Length; t++)
        {
            for (var channel = 0; channel < channels; channel++) mono[t] += samples[t * channels + channel];
            mono[t] /= channels;
        }
        return mono;
    }
}
