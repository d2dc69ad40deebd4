namespace Avs.Formats.Pickle;

// What a pickle can hold: null, bool, long, BigInteger, double, string, byte[], List<object?>, and the classes of this file.

/// <summary>A Python tuple.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A Python dict; the order of first insertion is kept, a later value of the same key replaces the earlier one.</summary>
internal sealed class PickleDictionary
{
    private readonly Dictionary<object, int> _places = [];
    private readonly List<KeyValuePair<object, object?>> _entries = [];

    public IReadOnlyList<KeyValuePair<object, object?>> Entries => _entries;

    public object? this[object key]
    {
        set
        {
            if (_places.TryGetValue(key, out int place))
            {
                _entries[place] = new(key, value);
                return;
            }
            _places[key] = _entries.Count;
            _entries.Add(new(key, value));
        }
    }

    public bool TryGet(object key, out object? value)
    {
        bool found = _places.TryGetValue(key, out int place);
        value = found ? _entries[place].Value : null;
        return found;
    }
}

/// <summary>A function of the whitelist: takes the arguments of a call, gives its value.</summary>
internal sealed record PickleFunction(Func<object?[], object?> Call);

/// <summary>One of PyTorch's storage classes, which is an element type.</summary>
internal sealed record StorageClass(ElementType Type);

/// <summary>A NumPy element type; its byte order comes later, with the state.</summary>
internal sealed record NumpyType(ElementType Type);

/// <summary>A NumPy array; its elements come later, with the state.</summary>
internal sealed class NumpyArray
{
    public PickledTensor? Elements { get; set; }
}
