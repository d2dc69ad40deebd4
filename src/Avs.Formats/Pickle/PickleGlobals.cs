using System.Numerics;
using System.Text;

namespace Avs.Formats.Pickle;

/// <summary>
/// The whitelist: the only names of Python that a pickle may use. Each stands for a function of this class, which makes a dictionary, a tensor or
/// an array; nothing of Python is ever run.
/// </summary>
/// <param name="path">The file, for errors.</param>
/// <param name="loadBytes">Reads a file within the file, which is how PyTorch pickles a storage outside of its own containers; null where none may be.</param>
internal sealed class PickleGlobals(string path, Func<byte[], object?>? loadBytes)
{
    /// <summary>What a name stands for.</summary>
    /// <exception cref="DataException">The name is not on the whitelist.</exception>
    public object Find(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => Function(OrderedDictionary),
        ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2") => Function(Tensor),
        ("torch._utils", "_rebuild_parameter") => Function(Parameter),
        ("torch", "Size") => Function(Size),
        ("torch", _) when StorageType(name) is { } type => new StorageClass(type),
        ("torch.storage", "_load_from_bytes") when loadBytes is not null => Function(arguments =>
            arguments is [byte[] bytes] ? loadBytes(bytes) : throw Damaged("loads something that is not bytes")),
        ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") => Function(_ => new NumpyArray()),
        ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => Function(NumpyNumber),
        ("numpy.core.numeric" or "numpy._core.numeric", "_frombuffer") => Function(NumpyBuffer),
        ("numpy", "ndarray") => Function(_ => throw Damaged("makes a NumPy array in an unknown way")),
        ("numpy", "dtype") => Function(NumpyTypeOf),
        ("_codecs", "encode") => Function(Encoded),
        _ => throw new DataException($"{path} asks for '{module}.{name}', and nothing but tensors, arrays, numbers, texts, lists and dictionaries is read"),
    };

    /// <summary>Gives a NumPy array its type, shape and elements.</summary>
    public void SetState(NumpyArray array, object? state)
    {
        if (state is not PickleTuple { Items: [long, PickleTuple shape, NumpyType type, bool columnsFirst, byte[] bytes] })
            throw Damaged("has a NumPy array whose state is not of a known form");
        array.Elements = View(type, Numbers(shape), columnsFirst, bytes);
    }

    /// <summary>Holds a NumPy type to little-endian order.</summary>
    public void SetState(NumpyType type, object? state)
    {
        if (state is not PickleTuple { Items: [_, "<" or "|" or "=", ..] }) throw Damaged($"has NumPy elements of {type.Type} that are not little-endian");
    }

    private static ElementType? StorageType(string name) => name switch
    {
        "DoubleStorage" => ElementType.F64,
        "FloatStorage" => ElementType.F32,
        "HalfStorage" => ElementType.F16,
        "BFloat16Storage" => ElementType.BF16,
        "LongStorage" => ElementType.I64,
        "IntStorage" => ElementType.I32,
        "ShortStorage" => ElementType.I16,
        "CharStorage" => ElementType.I8,
        "ByteStorage" => ElementType.U8,
        "BoolStorage" => ElementType.Bool,
        _ => null,
    };

    private static PickleFunction Function(Func<object?[], object?> call) => new(call);

    private PickleDictionary OrderedDictionary(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        switch (arguments)
        {
            case []: break;
            // Python 2 writes the entries as a list of pairs.
            case [List<object?> pairs]:
                foreach (object? pair in pairs)
                {
                    object?[] items = pair switch { List<object?> list => [.. list], PickleTuple tuple => tuple.Items, _ => [] };
                    dictionary[items is [string or long, _] ? items[0]! : throw Damaged("has an ordered dictionary with an entry that is not a pair")] = items[1];
                }
                break;
            default: throw Damaged("makes an ordered dictionary in an unknown way");
        }
        return dictionary;
    }

    // (storage, offset, sizes, strides, requires_grad, hooks, …); the older form ends with the strides.
    private PickledTensor Tensor(object?[] arguments)
    {
        if (arguments is not [TensorStorage storage, long offset, PickleTuple sizes, PickleTuple steps, ..]) throw Damaged("makes a tensor in an unknown way");
        return View(storage, offset, Numbers(sizes), Numbers(steps), arguments is [_, _, _, _, true, ..]);
    }

    private PickledTensor Parameter(object?[] arguments) =>
        arguments is [PickledTensor tensor, ..] ? tensor : throw Damaged("makes a parameter of something that is not a tensor");

    private PickleTuple Size(object?[] arguments) =>
        arguments is [PickleTuple sizes] ? sizes : throw Damaged("makes a size of something that is not a tuple");

    private NumpyType NumpyTypeOf(object?[] arguments) => arguments is [string name, ..] ? new NumpyType(name.TrimStart('<', '|', '=') switch
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
        _ => throw new DataException($"{path}: its pickle has NumPy elements of type '{name}', which is not read"),
    }) : throw Damaged("names a NumPy type by something that is not a text");

    private object NumpyNumber(object?[] arguments)
    {
        if (arguments is not [NumpyType type, byte[] bytes] || bytes.Length != type.Type.SizeOf()) throw Damaged("makes a NumPy number in an unknown way");
        double value = new NumberArray(type.Type, [], bytes).ToDoubles()[0];
        return type.Type switch
        {
            ElementType.Bool => value != 0,
            ElementType.I64 => BitConverter.ToInt64(bytes),
            _ when type.Type.IsFloating() => value,
            _ => (long)value,
        };
    }

    // (bytes, type, shape, order)
    private NumpyArray NumpyBuffer(object?[] arguments) =>
        arguments is [byte[] bytes, NumpyType type, PickleTuple shape, string order]
            ? new NumpyArray { Elements = View(type, Numbers(shape), order == "F", bytes) }
            : throw Damaged("makes a NumPy array in an unknown way");

    // Protocol 2 has no bytes: they come as a text whose letters are the bytes.
    private byte[] Encoded(object?[] arguments) =>
        arguments is [string text, "latin1" or "latin-1"] && text.All(letter => letter < 256)
            ? Encoding.Latin1.GetBytes(text)
            : throw Damaged("encodes a text in an unknown way");

    private PickledTensor View(NumpyType type, long[] shape, bool columnsFirst, byte[] bytes)
    {
        var strides = new long[shape.Length];
        BigInteger step = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            int d = columnsFirst ? i : shape.Length - 1 - i;
            strides[d] = step <= long.MaxValue ? (long)step : throw Damaged("has a NumPy array of more elements than can be counted");
            step *= shape[d];
        }
        return View(new TensorStorage(type.Type, bytes.Length / type.Type.SizeOf(), () => bytes), 0, shape, strides, false);
    }

    private PickledTensor View(TensorStorage storage, long offset, long[] shape, long[] strides, bool requiresGrad) =>
        PickledTensor.Fault(storage, offset, shape, strides) is { } fault
            ? throw new DataException($"{path}: a tensor {fault}")
            : new PickledTensor(storage, offset, shape, strides, requiresGrad);

    private long[] Numbers(PickleTuple tuple) =>
        [.. tuple.Items.Select(item => item is long number ? number : throw Damaged("has a size or a stride that is not a number"))];

    private DataException Damaged(string what) => new($"{path}: its pickle {what}");
}
