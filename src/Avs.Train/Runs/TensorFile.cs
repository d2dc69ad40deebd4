using Avs.Core;
using Avs.Core.Formats;
using Avs.Core.Libtorch;
using Avs.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Runs;

/// <summary>Named tensors in a safetensors file.</summary>
public static class TensorFile
{
    /// <summary>Writes tensors, whole or not at all.</summary>
    /// <param name="tensors">Names and tensors, on any device.</param>
    /// <param name="metadata">Texts to keep with them.</param>
    public static void Write(
        string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var guard = no_grad();
        SafetensorsWriter.Write(path, [.. tensors.Select(entry => ToValue(entry.Name, entry.Value))], metadata);
    }

    /// <summary>Fills existing tensors from a file; every one must be there with its shape and type, and nothing else.</summary>
    /// <param name="targets">Names and tensors to overwrite.</param>
    /// <exception cref="DataException">A tensor is missing, too many, or of another shape or type.</exception>
    public static void Fill(SafetensorsFile file, IEnumerable<(string Name, Tensor Value)> targets)
    {
        var wanted = targets.ToArray();
        var names = wanted.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        if (file.Entries.Keys.FirstOrDefault(name => !names.Contains(name)) is { } extra)
            throw new DataException($"'{file.Path}' has a tensor '{extra}' that this model does not have");
        using var guard = no_grad();
        foreach (var (name, target) in wanted)
            Fill(file, name, target);
    }

    /// <summary>Fills one existing tensor from a file.</summary>
    /// <param name="name">The tensor's name in the file.</param>
    /// <param name="target">What to overwrite.</param>
    /// <exception cref="DataException">The tensor is missing or of another shape or type, or a number in it is NaN or infinite.</exception>
    public static void Fill(SafetensorsFile file, string name, Tensor target)
    {
        if (!file.Entries.TryGetValue(name, out var entry))
            throw new DataException($"'{file.Path}' has no tensor '{name}', which this model needs");
        if (entry.Type != target.dtype.ToElementType() || !entry.Shape.SequenceEqual(target.shape))
        {
            throw new DataException($"'{file.Path}': tensor '{name}' is {entry.Type} [{string.Join(", ", entry.Shape)}], "
                + $"expected {target.dtype.ToElementType()} [{string.Join(", ", target.shape)}]");
        }
        using var scope = NewDisposeScope();
        target.copy_(FiniteNumbers.Require(file.Path, name, file.Read(name)).ToTensor());
    }

    private static SafetensorsValue ToValue(string name, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return new SafetensorsValue(name, tensor.dtype.ToElementType(), tensor.shape, tensor.detach().cpu().contiguous().bytes.ToArray());
    }
}
