namespace Avs.Core.Formats.Pickle;

/// <summary>Reads arrays from small pickled files such as AVSBench's log-mel `.pkl`.</summary>
public static class PickleArrays
{
    /// <summary>The only tensor or array of a file.</summary>
    /// <param name="path">A `.pkl` or `.pth` file.</param>
    /// <exception cref="DataException">The file is missing or damaged, or holds none or several.</exception>
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
