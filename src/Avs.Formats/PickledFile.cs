using System.Globalization;
using System.Numerics;
using Avs.Formats.Pickle;

namespace Avs.Formats;

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
/// <param name="Name">Keys and indices from the outside in, joined by <c>/</c>, e.g. <c>state_dict/conv1.weight</c>; empty where the tensor is all there is.</param>
/// <param name="Tensor">The tensor.</param>
public sealed record NamedTensor(string Name, PickledTensor Tensor);

/// <summary>
/// A file of PyTorch's `torch.save` (`.pth`, zip or legacy container) or of Python's `pickle` (`.pkl`) with tensors or NumPy arrays in it. Opening reads the pickle and
/// checks that every tensor's elements are there; the elements are read when they are asked for. Only tensors, arrays, numbers, texts, lists, tuples and
/// dictionaries are made: a file that asks for anything else of Python is refused, and none of it is run.
/// </summary>
public sealed class PickledFile : IDisposable
{
    private const int DeepestNesting = 64, MostValues = 1_000_000, LongestName = 2000;

    private readonly IDisposable _source;
    private readonly List<NamedTensor> _tensors = [];
    private readonly List<KeyValuePair<string, object?>> _values = [];
    private int _seen;

    private PickledFile(string path, PickleContainer container, IDisposable source, object? value)
    {
        Path = path;
        Container = container;
        _source = source;
        Collect(value, "", 0);
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>What the value is packed in.</summary>
    public PickleContainer Container { get; }

    /// <summary>Every tensor, in the order of the file.</summary>
    public IReadOnlyList<NamedTensor> Tensors => _tensors;

    /// <summary>Everything else by the same kind of name: null, <see cref="bool"/>, <see cref="long"/>, <see cref="BigInteger"/>, <see cref="double"/>, <see cref="string"/> or bytes.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Values => _values;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataException">The file is missing, of another format or damaged, or it asks for something other than tensors and plain values.</exception>
    public static PickledFile Open(string path)
    {
        FileStream stream = InputFile.Open(path);
        IDisposable source = stream;
        try
        {
            Span<byte> start = stackalloc byte[4];
            int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            stream.Position = 0;
            if (length == 4 && start.SequenceEqual("PK\x03\x04"u8))
            {
                var zip = new TorchZip(path, stream);
                source = zip;
                return new PickledFile(path, PickleContainer.Zip, zip, zip.Read());
            }
            if (length == 0) throw new DataException($"{path} is empty (0 bytes)");
            if (start[0] != 0x80) throw new DataException($"{path} is not a file of PyTorch or of Python's pickle: it begins with the bytes {Convert.ToHexString(start[..length])}");

            object? first = new PickleReader(path, stream, new PickleGlobals(path, bytes => TorchLegacy.Read(path, bytes)), null).Read();
            return first is BigInteger number && number == TorchLegacy.Magic
                ? new PickledFile(path, PickleContainer.Legacy, stream, new TorchLegacy(path, stream).Read())
                : new PickledFile(path, PickleContainer.Plain, stream, first);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    // A list may hold itself, and a few lists that hold each other many times may stand for more values than there is memory: both end in an error here.
    private void Collect(object? value, string name, int depth)
    {
        if (depth > DeepestNesting) throw new DataException($"{Path}: its lists and dictionaries are nested more than {DeepestNesting} deep, or hold themselves");
        if (name.Length > LongestName) throw new DataException($"{Path} holds a value whose name has more than {LongestName} letters");
        if (_seen++ == MostValues) throw new DataException($"{Path} holds more than {MostValues} values, which is not believable");
        string Below(object key) => $"{(depth == 0 ? "" : name + "/")}{Convert.ToString(key, CultureInfo.InvariantCulture)}";
        switch (value)
        {
            case PickledTensor tensor: _tensors.Add(new NamedTensor(name, tensor)); break;
            case NumpyArray { Elements: { } elements }: _tensors.Add(new NamedTensor(name, elements)); break;
            case PickleDictionary dictionary:
                foreach (var (key, item) in dictionary.Entries) Collect(item, Below(key), depth + 1);
                break;
            case List<object?> list:
                for (int i = 0; i < list.Count; i++) Collect(list[i], Below(i), depth + 1);
                break;
            case PickleTuple tuple:
                for (int i = 0; i < tuple.Items.Length; i++) Collect(tuple.Items[i], Below(i), depth + 1);
                break;
            case null or bool or long or BigInteger or double or string or byte[]: _values.Add(new(name, value)); break;
            default: throw new DataException($"{Path}: its value '{name}' is neither a tensor nor a number, text, list or dictionary");
        }
    }
}
