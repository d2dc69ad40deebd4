using Avs.Core;
using Avs.Core.Libtorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>
/// bfloat16 autocast: where it is offered, and how it is begun. Weights, losses and the optimizer's numbers stay float32.
/// </summary>
public static class MixedPrecision
{
    /// <summary>Makes sure that a precision can be had, and is worth having.</summary>
    /// <param name="device">Where it is to be computed in.</param>
    /// <param name="key">What asks for it: the name of an option or of a key.</param>
    /// <exception cref="UsageException">It cannot.</exception>
    public static void Require(Precision precision, Device device, string key)
    {
        if (precision == Precision.Fp32)
            return;
        if (device.type == DeviceType.CPU && !Autocast.SuitsProcessor)
        {
            throw new UsageException(
                $"{key}: found bf16 on a processor without AVX512_BF16, where bfloat16 takes many times as long as float32, expected fp32");
        }
    }

    /// <summary>Lets this thread compute in a precision until the result is disposed; null where there is nothing to undo.</summary>
    /// <param name="device">Where it computes.</param>
    public static IDisposable? Begin(Precision precision, Device device)
    {
        return precision == Precision.Bf16 ? new Autocast(device.type) : null;
    }
}
