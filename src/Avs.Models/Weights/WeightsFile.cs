using Avs.Core;
using Avs.Core.Formats;
using Avs.Core.Formats.Pickle;

namespace Avs.Models.Weights;

/// <summary>The formats that weights come in.</summary>
public enum WeightsFormat
{
    /// <summary>safetensors.</summary>
    Safetensors,
    /// <summary>PyTorch's `.pth` since 1.6, a zip file.</summary>
    TorchZip,
    /// <summary>PyTorch's `.pth` of before 1.6.</summary>
    TorchLegacy,
    /// <summary>Python's own pickle.</summary>
    Pickle,
}

/// <summary>A tensor of a file of weights.</summary>
/// <param name="Name">Its name; in a nested checkpoint the keys from the outside in, joined by <c>/</c>, e.g.
/// <c>state_dict/conv1.weight</c>.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes; empty for a single number.</param>
public sealed record WeightsEntry(string Name, ElementType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes of its elements.</summary>
    public long Bytes => Count * Type.SizeOf();
}

/// <summary>
/// A file of weights in whichever format, recognised by its first bytes and not by its name: names, types and shapes at once,
/// elements when they are asked for.
/// </summary>
public sealed class WeightsFile : IDisposable
{
    /// <summary>The name of a tensor that is all its file holds.</summary>
    private const string Nameless = "tensor";

    private static readonly IReadOnlyDictionary<string, string> NoTexts = new Dictionary<string, string>();

    private readonly IDisposable opened;
    private readonly Dictionary<string, (WeightsEntry Entry, Func<NumberArray> Read)> _tensors = new(StringComparer.Ordinal);

    private WeightsFile(SafetensorsFile file)
    {
        (opened, Path, Format, Metadata) = (file, file.Path, WeightsFormat.Safetensors, file.Metadata);
        foreach (var entry in file.Entries.Values.OrderBy(entry => entry.Start))
            Add(new WeightsEntry(entry.Name, entry.Type, entry.Shape), () => file.Read(entry.Name));
    }

    private WeightsFile(PickledFile file)
    {
        (opened, Path, Metadata, OtherValues, Skipped) = (file, file.Path, NoTexts, file.Values.Count, file.Skipped);
        Format = file.Container switch
        {
            PickleContainer.Zip => WeightsFormat.TorchZip,
            PickleContainer.Legacy => WeightsFormat.TorchLegacy,
            _ => WeightsFormat.Pickle,
        };
        foreach (var (name, tensor) in file.Tensors)
            Add(new WeightsEntry(name.Length == 0 ? Nameless : name, tensor.Type, tensor.Shape), tensor.Read);
        if (_tensors.Count == 0 && SkippedInWords() is { } skipped)
        {
            // As torch.save(model) writes it: what is in the objects has no names before Python has built them.
            var help = Skipped.Any(item => item.Tensors > 0)
                ? "; load it in Python and save the names and tensors: torch.save(model.state_dict(), 'weights.pth')"
                : "";
            throw new DataException($"{file.Path} holds no tensors but {skipped}, and objects are not read{help}");
        }
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    public WeightsFormat Format { get; }

    /// <summary>Every tensor, in the order of the file.</summary>
    public IReadOnlyList<WeightsEntry> Entries => [.. _tensors.Values.Select(tensor => tensor.Entry)];

    /// <summary>The texts of a safetensors file; none in the other formats.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>How many numbers and texts a checkpoint holds beside its tensors.</summary>
    public int OtherValues { get; }

    /// <summary>Objects of a checkpoint that are neither tensors nor numbers and texts; they are not looked into.</summary>
    public IReadOnlyList<SkippedObject> Skipped { get; } = [];

    /// <summary>
    /// The skipped objects in a few words, e.g. `3 objects (argparse.Namespace, builtins.set)`; null where there are none.
    /// </summary>
    public string? SkippedInWords()
    {
        if (Skipped.Count == 0) return null;
        const int mostNames = 4;
        string[] kinds = [.. Skipped.Select(item => item.What).Distinct(StringComparer.Ordinal)];
        var tensors = Skipped.Sum(item => item.Tensors);
        return $"{Skipped.Count} {(Skipped.Count == 1 ? "object" : "objects")} "
            + $"({string.Join(", ", kinds.Take(mostNames))}{(kinds.Length > mostNames ? ", …" : "")})"
            + (tensors > 0 ? $" with {tensors} {(tensors == 1 ? "tensor" : "tensors")} in {(Skipped.Count == 1 ? "it" : "them")}" : "");
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="DataException">The file is missing, damaged or of another format.</exception>
    public static WeightsFile Open(string path)
    {
        var start = new byte[512];
        int length;
        using (var stream = InputFile.Open(path)) length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (SafetensorsFile.Begins(start.AsSpan(0, length))) return Around(SafetensorsFile.Open(path), file => new WeightsFile(file));
        if (length > 0 && (start[0] == 0x80 || start.AsSpan().StartsWith("PK\x03\x04"u8)))
            return Around(PickledFile.Open(path), file => new WeightsFile(file));
        // What is wrong with a file of that name is said as of a safetensors file, also where it is cut off before its header.
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) SafetensorsFile.Open(path).Dispose();
        var found = FileKind.Describe(start.AsSpan(0, length));
        throw new DataException(length == 0
            ? $"{path} is {found}"
            : $"{path} is not a file of weights: expected safetensors or PyTorch's .pth, found {found}");
    }

    /// <summary>One tensor's elements.</summary>
    /// <param name="name">A name out of <see cref="Entries"/>.</param>
    /// <exception cref="DataException">There is no such tensor, or the file is damaged where it lies.</exception>
    public NumberArray Read(string name) =>
        _tensors.TryGetValue(name, out var tensor) ? tensor.Read() : throw new DataException($"{Path} holds no tensor '{name}'");

    /// <inheritdoc/>
    public void Dispose() => opened.Dispose();

    private static WeightsFile Around<T>(T file, Func<T, WeightsFile> wrap) where T : IDisposable
    {
        try
        {
            return wrap(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Add(WeightsEntry entry, Func<NumberArray> read)
    {
        if (!_tensors.TryAdd(entry.Name, (entry, read))) throw new DataException($"{Path} holds two tensors of the name '{entry.Name}'");
    }
}
