using static TorchSharp.torch;

namespace Avs.Models.Backbones;

/// <summary>How the transformers' weights begin.</summary>
internal static class Initialisation
{
    /// <summary>
    /// timm's <c>trunc_normal_(std=0.02)</c>. TorchSharp 0.107's own function multiplies by the mean and adds the deviation
    /// (THSRandom.cpp), so that every weight becomes 0.02. The cut, at ±2, is a hundred deviations away: what is left is a normal
    /// distribution. It can go when InitialisationTests finds TorchSharp's function right.
    /// </summary>
    public static void TruncatedNormal(Tensor weight) => nn.init.normal_(weight, 0, 0.02);
}
