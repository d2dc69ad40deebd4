using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae;

/// <summary>Tensors written out.</summary>
internal static class Values
{
    public static Tensor Floats(params float[] values) => tensor(values);

    public static Tensor Doubles(params double[] values) => tensor(values);
}
