using Avs.Parity.Comparison;

namespace Avs.Parity.Cases;

/// <summary>
/// The fill rule itself: <c>fill/KEY</c> are weights, <c>u/KEY</c> the plain hash, <c>eps/LATENT</c> noise, the others inputs.
/// </summary>
internal sealed class FillCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 0 && item.Outputs.Count > 0 && item.Outputs.Keys.All(name =>
            name.StartsWith("fill/", StringComparison.Ordinal) || name.StartsWith("u/", StringComparison.Ordinal)
            || name.StartsWith("eps/", StringComparison.Ordinal) || item.Inputs.ContainsKey(name));

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        foreach (var (name, expected) in item.Crc32)
            if (HashFill.Crc32(name) != expected)
                outputs.Fail($"CRC32(\"{name}\") is {HashFill.Crc32(name)} where the manifest has {expected}");
        foreach (var key in outputs.Under("fill/"))
        {
            var shape = item.Outputs["fill/" + key].Shape;
            outputs.Give("fill/" + key, HashFill.Weight(key, shape), shape);
        }
        foreach (var key in outputs.Under("u/"))
        {
            var shape = item.Outputs["u/" + key].Shape;
            outputs.Give("u/" + key, HashFill.Unit(key, HashFill.Count(shape)), shape);
        }
        foreach (var noise in item.Eps)
            outputs.Give("eps/" + noise.Latent, HashFill.Noise(noise.Name, HashFill.Count(noise.Shape)), noise.Shape);
        foreach (var (key, input) in item.Inputs)
        {
            if (input.Kind == "waveform") outputs.Give(key, HashFill.Waveform(input), input.Shape);
            else outputs.Give(key, HashFill.Input(input), input.Shape);
        }
    }
}
