namespace Avs.Core.Formats.Pickle;

/// <summary>Reads whole arrays from small pickled files: AVSBench's log-mel `.pkl`, VGGish's PCA parameters.</summary>
public static class PickleArrays
{
    /// <summary>
    /// Every tensor or array of a file by its name (see <see cref="NamedTensor"/>), elements in row-major order whatever their strides
    /// were.
    /// </summary>
    /// <param name="path">A `.pkl` or `.pth` file.</param>
    /// <exception cref="DataException">The file is missing or damaged, or all that it holds are objects that are not read.</exception>
    public static IReadOnlyDictionary<string, NumberArray> Read(string path)
    {
        using var file = PickledFile.Open(path);
        var arrays = new Dictionary<string, NumberArray>(StringComparer.Ordinal);
        foreach (var entry in file.Tensors)
            if (!arrays.TryAdd(entry.Name, entry.Tensor.Read()))
                throw new DataException($"{path} holds two tensors of the name '{entry.Name}'");
        return arrays.Count > 0 || file.Skipped.Count == 0 ? arrays : throw new DataException($"{path} holds no tensors{But(file)}");
    }

    /// <summary>The only tensor or array of a file.</summary>
    /// <param name="path">A `.pkl` or `.pth` file.</param>
    /// <exception cref="DataException">As for <see cref="Read"/>, or the file holds none or several.</exception>
    public static NumberArray ReadSingle(string path)
    {
        using var file = PickledFile.Open(path);
        return file.Tensors is [var only]
            ? only.Tensor.Read()
            : throw new DataException($"{path} holds {file.Tensors.Count} tensors, expected one{But(file)}");
    }

    private static string But(PickledFile file) => file.Skipped.Count == 0
        ? ""
        : $"; it holds {file.Skipped[0].What}, which is not "
            + $"read{(file.Skipped.Count == 1 ? "" : $", and {file.Skipped.Count - 1} other objects")}";
}
