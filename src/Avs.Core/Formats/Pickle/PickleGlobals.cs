using System.Numerics;
using System.Text;

namespace Avs.Core.Formats.Pickle;

/// <summary>
/// The whitelist: the only names of Python that are known here. Each stands for a function of this class, which makes a dictionary, a
/// tensor or an array. Any other name stands for an object that is not looked into; nothing of Python is ever run.
/// </summary>
/// <param name="path">The file, for errors.</param>
/// <param name="loadBytes">Reads a file within the file, which is how PyTorch pickles a storage outside of its own containers; null where
/// none may be.</param>
internal sealed class PickleGlobals(string path, Func<byte[], object?>? loadBytes)
{
    /// <summary>What a name stands for.</summary>
    public object Find(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => Function(OrderedDictionary),
        // Its argument is a function that makes what is missing.
        ("collections", "defaultdict") => new PickleFunction(_ => new PickleDictionary(), TakesAnything: true),
        ("builtins" or "__builtin__", "bytes") =>
            Function(arguments => arguments is [] ? Array.Empty<byte>() : new PickleOpaque("builtins.bytes")),
        ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2") => Function(Tensor),
        ("torch._utils", "_rebuild_parameter" or "_rebuild_parameter_with_state") => new PickleFunction(Parameter, TakesAnything: true),
        // A tensor that has attributes or a class of its own.
        ("torch._tensor", "_rebuild_from_type_v2") => new PickleFunction(arguments => arguments is [var make, _, PickleTuple inner, ..]
            ? Call(make, inner.Items) : throw Damaged("makes a tensor in an unknown way"), TakesAnything: true),
        ("torch", "Size") => Function(Size),
        ("torch" or "torch.storage", "UntypedStorage") => new StorageClass(null, 1, name),
        ("torch", _) when StorageClass.Find(name) is { } storage => storage,
        ("torch.storage", "_load_from_bytes") when loadBytes is not null => Function(arguments =>
            arguments is [byte[] bytes] ? loadBytes(bytes) : throw Damaged("loads something that is not bytes")),
        ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") =>
            new PickleFunction(_ => new NumpyArray(), TakesAnything: true),
        ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => Function(NumpyNumber),
        ("numpy.core.numeric" or "numpy._core.numeric", "_frombuffer") => Function(NumpyBuffer),
        ("numpy", "dtype") => Function(NumpyTypeOf),
        ("_codecs", "encode") => Function(Encoded),
        _ => new PickleOpaque($"{(module == "__builtin__" ? "builtins" : module)}.{name}"),
    };

    /// <summary>The result of a call. A call of something unknown, or with something unknown, gives something unknown.</summary>
    public object? Call(object? function, object?[] arguments)
    {
        switch (function)
        {
            case PickleFunction { TakesAnything: false } when arguments.OfType<PickleOpaque>().FirstOrDefault() is { } unknown:
                return Opaque(unknown.What, arguments);
            case PickleFunction known: return known.Call(arguments);
            // Members of enumerations are attributes of their class.
            case PickleOpaque { What: "builtins.getattr" } when arguments is [PickleOpaque of, string]: return Opaque(of.What);
            case PickleOpaque unknown: return Opaque(unknown.What, arguments);
            case StorageClass storage: return Opaque($"torch.{storage.Name}", arguments);
            default: throw Damaged("calls something that is not a function");
        }
    }

    /// <summary>An object that only its own class could build.</summary>
    public static PickleOpaque Opaque(string what, params ReadOnlySpan<object?> inside)
    {
        var opaque = new PickleOpaque(what);
        opaque.Inside.AddRange(inside);
        return opaque;
    }

    /// <summary>Gives a NumPy array its type, shape and elements.</summary>
    public void SetState(NumpyArray array, object? state)
    {
        if (state is not PickleTuple { Items: [long, PickleTuple shape, NumpyType type, bool columnsFirst, var elements] })
            throw Damaged("has a NumPy array whose state is not of a known form");
        if (type.Type is null)
            array.Opaque = NumpyName(type);
        else if (elements is byte[] bytes)
            array.Elements = View(type.Type.Value, Numbers(shape), columnsFirst, bytes);
        else
            throw Damaged("has a NumPy array whose elements are not bytes");
    }

    /// <summary>Accepts little-endian NumPy types only.</summary>
    public void SetState(NumpyType type, object? state)
    {
        if (state is not PickleTuple { Items: [_, string order, ..] })
            throw Damaged($"has NumPy elements of {type.Name} of no known byte order");
        if (order is not (">" or "!"))
            return;
        type.Type = null;
        type.Name = $"{type.Name} (not little-endian)";
    }

    private static PickleFunction Function(Func<object?[], object?> call) => new(call);

    private static string NumpyName(NumpyType type) => $"a numpy array of {type.Name}";

    private PickleDictionary OrderedDictionary(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        switch (arguments)
        {
            case []: break;
            // Python 2 writes the entries as a list of pairs.
            case [List<object?> pairs]:
                foreach (var pair in pairs)
                {
                    var items = pair switch { List<object?> list => [.. list], PickleTuple tuple => tuple.Items, _ => [] };
                    dictionary[items is [string or long, _]
                        ? items[0]!
                        : throw Damaged("has an ordered dictionary with an entry that is not a pair")] = items[1];
                }
                break;
            default: throw Damaged("makes an ordered dictionary in an unknown way");
        }
        return dictionary;
    }

    // (storage, offset, sizes, strides, requires_grad, hooks, facts); the older forms end with the strides or the hooks.
    private object Tensor(object?[] arguments)
    {
        // Views that PyTorch negates or conjugates only when they are read.
        if (arguments is [_, _, _, _, _, _, PickleDictionary { Entries.Count: > 0 } facts, ..]
            && facts.Entries.Any(fact => fact is { Key: "neg" or "conj", Value: true }))
            return Opaque("a negated or conjugated torch.Tensor");
        if (arguments is not [TensorStorage storage, long offset, PickleTuple sizes, PickleTuple steps, ..])
            throw Damaged("makes a tensor in an unknown way");
        return View(storage, offset, Numbers(sizes), Numbers(steps), arguments is [_, _, _, _, true, ..]);
    }

    private object? Parameter(object?[] arguments) =>
        arguments is [PickledTensor or PickleOpaque, ..]
            ? arguments[0]
            : throw Damaged("makes a parameter of something that is not a tensor");

    private PickleTuple Size(object?[] arguments) =>
        arguments is [PickleTuple sizes] ? sizes : throw Damaged("makes a size of something that is not a tuple");

    private NumpyType NumpyTypeOf(object?[] arguments)
    {
        if (arguments is not [string name, ..])
            throw Damaged("names a NumPy type by something that is not a text");
        return new NumpyType(name.TrimStart('<', '|', '=') switch
        {
            "f8" => ElementType.F64,
            "f4" => ElementType.F32,
            "f2" => ElementType.F16,
            "i8" => ElementType.I64,
            "i4" => ElementType.I32,
            "i2" => ElementType.I16,
            "i1" => ElementType.I8,
            "u1" => ElementType.U8,
            "b1" => ElementType.Bool,
            _ => null,
        }, name);
    }

    private object NumpyNumber(object?[] arguments)
    {
        if (arguments is [NumpyType { Type: null, Name: var name }, _])
            return Opaque($"a numpy number of {name}");
        if (arguments is not [NumpyType { Type: { } type }, byte[] bytes] || bytes.Length != type.SizeOf())
            throw Damaged("makes a NumPy number in an unknown way");
        var value = new NumberArray(type, [], bytes).ToDoubles()[0];
        return type switch
        {
            ElementType.Bool => value != 0,
            ElementType.I64 => BitConverter.ToInt64(bytes),
            _ when type.IsFloating() => value,
            _ => (long)value,
        };
    }

    // (bytes, type, shape, order)
    private NumpyArray NumpyBuffer(object?[] arguments) => arguments switch
    {
        [_, NumpyType { Type: null } type, ..] => new NumpyArray { Opaque = NumpyName(type) },
        [byte[] bytes, NumpyType { Type: { } type }, PickleTuple shape, string order] =>
            new NumpyArray { Elements = View(type, Numbers(shape), order == "F", bytes) },
        _ => throw Damaged("makes a NumPy array in an unknown way"),
    };

    // Protocol 2 has no bytes: they come as a text whose letters are the bytes.
    private byte[] Encoded(object?[] arguments) =>
        arguments is [string text, "latin1" or "latin-1"] && text.All(letter => letter < 256)
            ? Encoding.Latin1.GetBytes(text)
            : throw Damaged("encodes a text in an unknown way");

    private PickledTensor View(ElementType type, long[] shape, bool columnsFirst, byte[] bytes)
    {
        var strides = new long[shape.Length];
        BigInteger step = 1;
        for (var i = 0; i < shape.Length; i++)
        {
            var d = columnsFirst ? i : shape.Length - 1 - i;
            strides[d] = step <= long.MaxValue ? (long)step : throw Damaged("has a NumPy array of more elements than can be counted");
            step *= shape[d];
        }
        return View(new TensorStorage(type, bytes.Length / type.SizeOf(), () => bytes), 0, shape, strides, false);
    }

    private PickledTensor View(TensorStorage storage, long offset, long[] shape, long[] strides, bool requiresGrad) =>
        PickledTensor.Fault(storage, offset, shape, strides) is { } fault
            ? throw new DataException($"{path}: a tensor {fault}")
            : new PickledTensor(storage, offset, shape, strides, requiresGrad);

    private long[] Numbers(PickleTuple tuple) =>
        [.. tuple.Items.Select(item => item is long number ? number : throw Damaged("has a size or a stride that is not a number"))];

    private DataException Damaged(string what) => new($"{path}: its pickle {what}");
}
