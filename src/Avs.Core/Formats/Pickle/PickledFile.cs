using System.Globalization;
using System.Numerics;

namespace Avs.Core.Formats.Pickle;

/// <summary>What a pickled file is packed in.</summary>
public enum PickleContainer
{
    /// <summary>PyTorch's zip file (since 1.6).</summary>
    Zip,
    /// <summary>PyTorch's stream of pickles and elements (before 1.6).</summary>
    Legacy,
    /// <summary>One pickle, as Python's own `pickle` writes it.</summary>
    Plain,
}

/// <summary>A tensor and where it lies in the value that was pickled.</summary>
/// <param name="Name">Keys and indices from the outside in, joined by <c>/</c>, e.g. <c>state_dict/conv1.weight</c>; empty where the tensor
/// is all there is.</param>
public sealed record NamedTensor(string Name, PickledTensor Tensor);

/// <summary>An object of a pickled file that is not looked into.</summary>
/// <param name="Name">As <see cref="NamedTensor.Name"/>.</param>
/// <param name="What">What it is, e.g. `argparse.Namespace`.</param>
/// <param name="Tensors">How many tensors lie within it, which are not read either.</param>
public sealed record SkippedObject(string Name, string What, int Tensors);

/// <summary>
/// A file of PyTorch's `torch.save` (`.pth`, zip or legacy container) or of Python's `pickle` (`.pkl`) with tensors or NumPy arrays in it.
/// Opening reads the pickle and checks that every tensor's elements are there; the elements are read on demand. Only tensors, arrays,
/// numbers, texts, lists, tuples and dictionaries are made. Whatever else lies in the file is skipped: it has a name in
/// <see cref="Skipped"/>, and nothing of it is built or run.
/// </summary>
public sealed class PickledFile : IDisposable
{
    private const int DeepestNesting = 64, MostValues = 1_000_000, LongestName = 2000;

    private readonly IDisposable source;
    private readonly List<NamedTensor> tensors = [];
    private readonly List<KeyValuePair<string, object?>> values = [];
    private readonly List<SkippedObject> skipped = [];
    private readonly long mostValues;
    private long seen;

    private PickledFile(string path, PickleContainer container, IDisposable source, long length, object? value)
    {
        mostValues = Math.Max(MostValues, length);
        Path = path;
        Container = container;
        this.source = source;
        Collect(value, "", 0);
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>What the value is packed in.</summary>
    public PickleContainer Container { get; }

    /// <summary>Every tensor, in the order of the file.</summary>
    public IReadOnlyList<NamedTensor> Tensors => tensors;

    /// <summary>
    /// Everything else by the same kind of name: null, <see cref="bool"/>, <see cref="long"/>, <see cref="BigInteger"/>,
    /// <see cref="double"/>, <see cref="string"/> or bytes.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Values => values;

    /// <summary>Objects that are neither tensors nor plain values.</summary>
    public IReadOnlyList<SkippedObject> Skipped => skipped;

    /// <exception cref="DataException">The file is missing, of another format or damaged.</exception>
    public static PickledFile Open(string path)
    {
        var stream = InputFile.Open(path);
        IDisposable source = stream;
        try
        {
            Span<byte> start = stackalloc byte[4];
            var length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            stream.Position = 0;
            if (length == 4 && start.SequenceEqual("PK\x03\x04"u8))
            {
                var zip = new TorchZip(path, stream);
                source = zip;
                return new PickledFile(path, PickleContainer.Zip, zip, stream.Length, zip.Read());
            }
            if (length == 0)
                throw new DataException($"{path} is empty (0 bytes)");
            if (start[0] != 0x80)
                throw new DataException($"{path} is not a file of PyTorch or of Python's pickle: it is {FileKind.Describe(path)}");

            var first = new PickleReader(path, stream, new PickleGlobals(path, bytes => TorchLegacy.Read(path, bytes)), null).Read();
            return first is BigInteger number && number == TorchLegacy.Magic
                ? new PickledFile(path, PickleContainer.Legacy, stream, stream.Length, new TorchLegacy(path, stream).Read())
                : new PickledFile(path, PickleContainer.Plain, stream, stream.Length, first);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public void Dispose() => source.Dispose();

    // A list may hold itself, and a few lists that hold each other many times may stand for more values than there is memory: both end in
    // an error here.
    private void Collect(object? value, string name, int depth)
    {
        if (depth > DeepestNesting)
            throw new DataException($"{Path}: its lists and dictionaries are nested more than {DeepestNesting} deep, or hold themselves");
        if (name.Length > LongestName)
            throw new DataException($"{Path} holds a value whose name has more than {LongestName} letters");
        if (seen++ == mostValues)
            throw new DataException($"{Path} holds more than {mostValues} values, which is not believable");
        string Below(object key) => $"{(depth == 0 ? "" : name + "/")}{Convert.ToString(key, CultureInfo.InvariantCulture)}";
        switch (value)
        {
            case PickledTensor tensor: tensors.Add(new NamedTensor(name, tensor)); break;
            case NumpyArray { Elements: { } elements }: tensors.Add(new NamedTensor(name, elements)); break;
            case PickleDictionary dictionary:
                foreach (var (key, item) in dictionary.Entries)
                    Collect(item, Below(key), depth + 1);
                break;
            case List<object?> list:
                for (var i = 0; i < list.Count; i++)
                    Collect(list[i], Below(i), depth + 1);
                break;
            case PickleTuple tuple:
                for (var i = 0; i < tuple.Items.Length; i++)
                    Collect(tuple.Items[i], Below(i), depth + 1);
                break;
            case null or bool or long or BigInteger or double or string or byte[]: values.Add(new(name, value)); break;
            // A class derived from dict or list, such as a state dict with a few functions of its own: its items are what counts.
            case PickleOpaque { Entries: { } entries }: Collect(entries, name, depth); break;
            case PickleOpaque { Items: { } items }: Collect(items, name, depth); break;
            case PickleOpaque opaque: skipped.Add(new SkippedObject(name, opaque.What, TensorsWithin(opaque))); break;
            case NumpyArray array: skipped.Add(new SkippedObject(name, array.Opaque ?? "a numpy array without elements", 0)); break;
            case NumpyType type: skipped.Add(new SkippedObject(name, $"numpy.dtype {type.Name}", 0)); break;
            case TensorStorage elements: skipped.Add(new SkippedObject(name, $"a storage of {elements.Type.NameOf()}", 1)); break;
            case StorageClass storage: skipped.Add(new SkippedObject(name, $"torch.{storage.Name}", 0)); break;
            default: skipped.Add(new SkippedObject(name, "a function", 0)); break;
        }
    }

    // Objects hold each other in circles, so each is looked at once.
    private static int TensorsWithin(PickleOpaque root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var left = new Stack<object?>([root]);
        var tensors = 0;
        while (left.TryPop(out var value))
        {
            if (value is null or string or long or bool or double || !seen.Add(value))
                continue;
            var inside = value switch
            {
                PickleOpaque opaque => [.. opaque.Inside, opaque.Entries, opaque.Items],
                PickleDictionary dictionary => dictionary.Entries.Select(entry => entry.Value),
                List<object?> list => list,
                PickleTuple tuple => tuple.Items,
                _ => [],
            };
            if (value is PickledTensor or NumpyArray { Elements: not null })
                tensors++;
            foreach (var item in inside)
                left.Push(item);
        }
        return tensors;
    }
}
