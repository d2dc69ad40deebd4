using System.Runtime.InteropServices;
using Avs.Core.Formats;
using Avs.Core.Formats.Pickle;
using Avs.Data.Audio;

namespace Avs.Data.Prepare;

/// <summary>
/// Writes log-mel examples as AVSBench's `.pkl` files have them: a pickle of one PyTorch float32 tensor `[T, 1, 96, 64]`.
/// </summary>
public static class LogMelPickle
{
    /// <param name="logMel">`[T, 1, 96, 64]` flattened.</param>
    /// <exception cref="ArgumentException">These are not whole examples.</exception>
    public static byte[] Encode(ReadOnlySpan<float> logMel)
    {
        if (logMel.Length == 0 || logMel.Length % LogMelFrontEnd.ExampleSize != 0)
            throw new ArgumentException($"{logMel.Length} values are not whole log-mel examples of {LogMelFrontEnd.ExampleSize}",
                nameof(logMel));
        long[] shape = [logMel.Length / LogMelFrontEnd.ExampleSize, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands];
        return TensorPickle.Encode(new NumberArray(ElementType.F32, shape, MemoryMarshal.AsBytes(logMel).ToArray()));
    }
}
