using System.Runtime.InteropServices;
using Avs.Core.Formats;

// A network that was trained on x = p − μ, p the blue, green and red levels 0 … 255, is to take n = (p/255 − m)/s, red first. With
//
//   x = 255·s·n + d,  d = 255·m − μ;   k = 255·mean(s)
//
// its first convolution W and the norm γ(y − a)/√(v + ε) + β become
//
//   W' = W·255·s/k,  a' = (a − Σ W·d)/k,  v' = v/k²,  γ' = γ·k·√((v' + ε)/(v + ε))
//
// in which k keeps the weights at the size that an optimizer's steps are meant for. The same function, but for the rim of the picture:
// padding, zeros, was μ and is 255·m, brighter by d.

namespace Avs.Models.Weights;

/// <summary>What a network expects its pictures to have become, colour by colour, red first.</summary>
/// <param name="Mean">m, of levels 0 to 1.</param>
/// <param name="Deviation">s.</param>
internal sealed record InputNormalisation(IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation)
{
    private const double Epsilon = 1e-5; // of every norm here

    /// <summary>That of this program's batches and of torchvision's weights.</summary>
    public static InputNormalisation ImageNet { get; } = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// <summary>Changes <c>conv1</c> and <c>bn1</c> of a network that takes blue, green and red levels less their means.</summary>
    /// <param name="weights">The network's tensors by name.</param>
    /// <param name="levels">μ, red first.</param>
    public void FoldInto(IDictionary<string, NumberArray> weights, IReadOnlyList<double> levels)
    {
        var convolution = weights["conv1.weight"];
        var (old, folded) = (convolution.ToFloats(), new float[convolution.Count]);
        var (outputs, taps) = ((int)convolution.Shape[0], (int)(convolution.Shape[2] * convolution.Shape[3]));
        float[] Values(string name) => weights[name].ToFloats();
        var (scale, mean, variance) = (Values("bn1.weight"), Values("bn1.running_mean"), Values("bn1.running_var"));
        var k = 255 * Deviation.Average();
        for (var o = 0; o < outputs; o++)
        {
            var constant = 0.0; // Σ W·d
            for (var colour = 0; colour < 3; colour++)
            {
                var d = 255 * Mean[colour] - levels[colour];
                for (var tap = 0; tap < taps; tap++)
                {
                    var w = old[(o * 3 + 2 - colour) * taps + tap];
                    folded[(o * 3 + colour) * taps + tap] = (float)(w * 255 * Deviation[colour] / k);
                    constant += w * d;
                }
            }
            var less = variance[o] / (k * k);
            scale[o] = (float)(scale[o] * k * Math.Sqrt((less + Epsilon) / (variance[o] + Epsilon)));
            mean[o] = (float)((mean[o] - constant) / k);
            variance[o] = (float)less;
        }
        foreach (var (name, values) in new[]
        {
            ("conv1.weight", folded), ("bn1.weight", scale), ("bn1.running_mean", mean), ("bn1.running_var", variance),
        })
            weights[name] = weights[name] with { Bytes = MemoryMarshal.AsBytes<float>(values).ToArray() };
    }
}
