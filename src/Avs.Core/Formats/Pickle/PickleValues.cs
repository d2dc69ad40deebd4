namespace Avs.Core.Formats.Pickle;

// What a pickle can hold: null, bool, long, BigInteger, double, string, byte[], List<object?>, PickledTensor, and the classes of this file.

internal sealed record PickleTuple(object?[] Items);

/// <summary>A Python dict; the order of first insertion is kept, a later value of the same key replaces the earlier one.</summary>
internal sealed class PickleDictionary
{
    private readonly Dictionary<object, int> places = [];
    private readonly List<KeyValuePair<object, object?>> entries = [];

    public IReadOnlyList<KeyValuePair<object, object?>> Entries => entries;

    public object? this[object key]
    {
        set
        {
            if (places.TryGetValue(key, out var place))
            {
                entries[place] = new(key, value);
                return;
            }
            places[key] = entries.Count;
            entries.Add(new(key, value));
        }
    }

    public bool TryGet(object key, out object? value)
    {
        var found = places.TryGetValue(key, out var place);
        value = found ? entries[place].Value : null;
        return found;
    }
}

/// <summary>A function of the whitelist: takes the arguments of a call, gives its value.</summary>
/// <param name="TakesAnything">Whether it makes something known even where an argument is unknown.</param>
internal sealed record PickleFunction(Func<object?[], object?> Call, bool TakesAnything = false);

/// <summary>
/// A class or function of Python that is not on the whitelist, or what a pickle makes with one: it is named, and never built or run.
/// What the pickle would put into it is kept, so that tensors in there can be counted and a subclass of dict or list can be read as one.
/// </summary>
/// <param name="What">What it is, as the user reads it: `argparse.Namespace`.</param>
internal sealed class PickleOpaque(string What)
{
    public string What { get; } = What;

    /// <summary>Arguments and state of the object, which only its own class could make sense of.</summary>
    public List<object?> Inside { get; } = [];

    /// <summary>The items of an object that is filled as a dictionary is.</summary>
    public PickleDictionary? Entries { get; set; }

    /// <summary>The items of an object that is filled as a list is.</summary>
    public List<object?>? Items { get; set; }
}

/// <summary>One of PyTorch's storage classes.</summary>
/// <param name="Type">The element type; null for one that is not read, such as complex numbers.</param>
/// <param name="Name">PyTorch's name of the class.</param>
internal sealed record StorageClass(ElementType? Type, int Size, string Name)
{
    private static readonly (string Name, ElementType Type)[] Known =
    [
        ("DoubleStorage", ElementType.F64),
        ("FloatStorage", ElementType.F32),
        ("HalfStorage", ElementType.F16),
        ("BFloat16Storage", ElementType.BF16),
        ("LongStorage", ElementType.I64),
        ("IntStorage", ElementType.I32),
        ("ShortStorage", ElementType.I16),
        ("CharStorage", ElementType.I8),
        ("ByteStorage", ElementType.U8),
        ("BoolStorage", ElementType.Bool),
    ];

    /// <summary>The class of that name; null where PyTorch has none.</summary>
    public static StorageClass? Find(string name)
    {
        foreach (var (known, type) in Known)
        {
            if (known == name)
                return new(type, type.SizeOf(), name);
        }

        int? size = name switch
        {
            "ComplexDoubleStorage" => 16,
            "ComplexFloatStorage" => 8,
            "QInt32Storage" => 4,
            "QInt8Storage" or "QUInt8Storage" or "QUInt4x2Storage" or "QUInt2x4Storage" => 1,
            _ => null,
        };
        return size is { } bytes ? new(null, bytes, name) : null;
    }

    /// <summary>The name of the class for elements of a type.</summary>
    public static string NameOf(ElementType type) => Known.First(known => known.Type == type).Name;
}

/// <summary>A NumPy element type; its byte order comes later, with the state.</summary>
/// <param name="Type">The element type; null for one that is not read, such as unsigned 32-bit numbers.</param>
/// <param name="Name">NumPy's name of the type.</param>
internal sealed class NumpyType(ElementType? Type, string Name)
{
    public ElementType? Type { get; set; } = Type;

    public string Name { get; set; } = Name;
}

/// <summary>A NumPy array; its elements come later, with the state.</summary>
internal sealed class NumpyArray
{
    public PickledTensor? Elements { get; set; }

    /// <summary>What it is where its elements are not read.</summary>
    public string? Opaque { get; set; }
}
