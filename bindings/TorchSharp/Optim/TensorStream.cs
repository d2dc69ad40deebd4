using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A tensor's values as bytes in a stream, to be read back into a tensor of the same shape and type.</summary>
internal static class TensorStream
{
    internal static void Write(BinaryWriter writer, Tensor? tensor)
    {
        writer.Write(tensor is not null);
        if (tensor is null)
            return;
        using var onCpu = tensor.cpu();
        using var packed = onCpu.contiguous();
        writer.Write((int)packed.dtype);
        writer.Write(packed.shape.Length);
        foreach (var size in packed.shape)
            writer.Write(size);
        writer.Write(packed.bytes);
    }

    /// <summary>Reads into <paramref name="target"/>, made like <paramref name="pattern"/> where it is null; null when none was written.</summary>
    internal static Tensor? Read(BinaryReader reader, Tensor? target, Tensor pattern)
    {
        if (!reader.ReadBoolean())
        {
            target?.Dispose();
            return null;
        }

        var type = (ScalarType)reader.ReadInt32();
        var shape = new long[reader.ReadInt32()];
        for (var i = 0; i < shape.Length; i++)
            shape[i] = reader.ReadInt64();
        if (type != pattern.dtype || !shape.SequenceEqual(pattern.shape))
        {
            throw new InvalidDataException($"the saved tensor is {type} [{string.Join(", ", shape)}] "
                + $"where {pattern.dtype} [{string.Join(", ", pattern.shape)}] is wanted");
        }

        using var guard = no_grad();
        using var values = empty(shape, dtype: type);
        reader.BaseStream.ReadExactly(values.bytes);
        target ??= zeros_like(pattern).detach().DetachFromDisposeScope();
        target.copy_(values);
        return target;
    }

    /// <summary>Copies into <paramref name="target"/>, made where it is null, on the device of <paramref name="pattern"/>; null for null.</summary>
    internal static Tensor? Copy(Tensor? source, Tensor? target, Tensor pattern)
    {
        if (source is null)
        {
            target?.Dispose();
            return null;
        }

        using var guard = no_grad();
        target ??= zeros_like(pattern).detach().DetachFromDisposeScope();
        target.copy_(source);
        return target;
    }
}
