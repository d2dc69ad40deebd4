using Avs.Models.Ecmvae;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>
/// Latent encoders one by one: <c>E/mu</c>, <c>E/logvar</c>, <c>E/z</c> and gradients of <c>sum(z * R)</c>, the inputs by position as
/// <c>in0</c>, <c>in1</c>.
/// </summary>
internal sealed class LatentEncodersCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count > 0 && item.Weights.All(weights => weights.Module.StartsWith("enc_", StringComparison.Ordinal)
            && item.Outputs.ContainsKey(weights.Module + "/mu"));

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        var noise = new HashNoise(item);
        foreach (var weights in item.Weights)
        {
            var name = weights.Module;
            string[] keys = [.. item.Inputs.Keys.Where(key => key.StartsWith(name + "/", StringComparison.Ordinal) && key != name + "/R")];
            Tensor[] inputs = [.. keys.Select(key => item.Input(key, gradient: true))];
            var (module, moments) = Run(item, weights, inputs, (int)item.Outputs[name + "/mu"].Shape[1]);
            using (module)
            {
                var epsilon = noise.Normal(name, moments.Mean.shape, moments.Mean.dtype, moments.Mean.device);
                var z = moments.Mean + epsilon * (moments.LogVariance * 0.5).exp();
                outputs.Give(name + "/mu", moments.Mean);
                outputs.Give(name + "/logvar", moments.LogVariance);
                outputs.Give(name + "/z", z);
                var byPosition = inputs.Select((tensor, i) => ($"in{i}", tensor)).ToDictionary(pair => pair.Item1, pair => pair.tensor);
                outputs.GiveGradients(name + "/grad/", (z * item.Input(name + "/R")).sum(), byPosition, module);
            }
        }
    }

    // Which of the three kinds it is follows from its inputs: pixels [N,C,H,W], an audio vector [N,D], or both.
    private static (nn.Module Module, LatentMoments Moments) Run(ParityCase item, ParityWeights weights, Tensor[] inputs, int latent)
    {
        Tensor? pixels = inputs.FirstOrDefault(tensor => tensor.dim() == 4), audio = inputs.FirstOrDefault(tensor => tensor.dim() == 2);
        var size = new LatentEncoderSize(
            item.Number("neck_channel", 128) / 8,
            (int)(pixels?.shape[2] ?? item.Number("img_size", 224)),
            (int)(audio?.shape[1] ?? 128),
            latent);
        if (inputs.Length == 2 && pixels is not null && audio is not null)
        {
            var both = new AudioWithPixelsEncoder(pixels.shape[1], size);
            ParityTensors.Fill(both, weights, item);
            return (both, both.call(audio, pixels));
        }
        if (inputs.Length == 1 && pixels is not null)
        {
            var image = new ImageEncoder(pixels.shape[1], size);
            ParityTensors.Fill(image, weights, item);
            return (image, image.call(pixels));
        }
        if (inputs.Length == 1 && audio is not null)
        {
            var sound = new AudioEncoder(size);
            ParityTensors.Fill(sound, weights, item);
            return (sound, sound.call(audio));
        }
        throw new NotCoveredException($"no latent encoder takes the inputs of '{weights.Module}'");
    }
}
