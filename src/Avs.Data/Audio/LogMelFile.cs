using Avs.Core;
using Avs.Core.Formats.Pickle;

namespace Avs.Data.Audio;

/// <summary>
/// Reads AVSBench's `audio_log_mel` files: a Python pickle of one PyTorch tensor, in either of the two memory layouts in use.
/// </summary>
public static class LogMelFile
{
    /// <summary>
    /// Reads exactly <paramref name="count"/> examples: the last is repeated when the file holds fewer, the first are kept when it holds
    /// more.
    /// </summary>
    /// <param name="count">The number of examples, T.</param>
    /// <returns>`[count, 1, 96, 64]` flattened.</returns>
    /// <exception cref="DataException">The file is missing or damaged, asks for anything but a tensor, or holds no log-mel
    /// examples.</exception>
    public static float[] Read(string path, int count)
    {
        var array = PickleArrays.ReadSingle(path);
        if (array.Shape is not [>= 1, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands])
            throw new DataException(
                $"{path} holds a tensor of shape [{string.Join(", ", array.Shape)}], expected log-mel examples [T, 1, 96, 64]");
        var examples = array.ToFloats();
        if (examples.AsSpan().ContainsAnyExceptInRange(-1e6f, 1e6f)) // NaN is in no range
            throw new DataException($"{path} holds values that are not numbers in a usable range");

        var result = new float[count * LogMelFrontEnd.ExampleSize];
        for (var k = 0; k < count; k++)
        {
            var from = Math.Min(k, examples.Length / LogMelFrontEnd.ExampleSize - 1);
            examples.AsSpan(from * LogMelFrontEnd.ExampleSize, LogMelFrontEnd.ExampleSize)
                .CopyTo(result.AsSpan(k * LogMelFrontEnd.ExampleSize));
        }

        return result;
    }
}
