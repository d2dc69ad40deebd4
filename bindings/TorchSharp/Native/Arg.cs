namespace TorchSharp;

/// <summary>What an <see cref="Arg"/> holds; the numbers are the native side's <c>AvsTag</c>.</summary>
internal enum ArgTag
{
    None = 0,
    Default = 1,
    Tensor = 2,
    Int = 3,
    Double = 4,
    Bool = 5,
    Complex = 6,
    IntList = 7,
    DoubleList = 8,
    BoolList = 9,
    TensorList = 10,
    String = 11,
    Device = 12,
    Generator = 13,
}

/// <summary>
/// One argument of an operator. Made by implicit conversion, so a call reads <c>op.Call(input, weight, 1, false)</c>.
/// It keeps the object (not its native handle), so the collector cannot free a tensor between two lines of one call.
/// </summary>
internal readonly struct Arg
{
    internal readonly object? Reference;
    internal readonly long Bits;
    internal readonly ArgTag Tag;

    private Arg(ArgTag tag, object? reference, long bits)
    {
        Tag = tag;
        Reference = reference;
        Bits = bits;
    }

    /// <summary>Python's None.</summary>
    internal static Arg None => default;

    /// <summary>The default that the operator's schema gives.</summary>
    internal static Arg Default => new(ArgTag.Default, null, 0);

    private static Arg Of(ArgTag tag, object? reference) => reference is null ? default : new(tag, reference, 0);

    public static implicit operator Arg(torch.Tensor? value) => Of(ArgTag.Tensor, value);

    public static implicit operator Arg(long value) => new(ArgTag.Int, null, value);

    public static implicit operator Arg(int value) => new(ArgTag.Int, null, value);

    public static implicit operator Arg(double value) => new(ArgTag.Double, null, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Arg(bool value) => new(ArgTag.Bool, null, value ? 1 : 0);

    public static implicit operator Arg(long? value) => value is { } present ? present : default(Arg);

    public static implicit operator Arg(int? value) => value is { } present ? present : default(Arg);

    public static implicit operator Arg(double? value) => value is { } present ? present : default(Arg);

    public static implicit operator Arg(bool? value) => value is { } present ? present : default(Arg);

    public static implicit operator Arg(torch.ScalarType value) => new(ArgTag.Int, null, (long)value);

    public static implicit operator Arg(torch.ScalarType? value) => value is { } present ? present : default(Arg);

    public static implicit operator Arg(memory_format value) => new(ArgTag.Int, null, (long)value);

    public static implicit operator Arg(memory_format? value) => value is { } present ? present : default(Arg);

    public static implicit operator Arg(long[]? value) => Of(ArgTag.IntList, value);

    public static implicit operator Arg(double[]? value) => Of(ArgTag.DoubleList, value);

    public static implicit operator Arg(bool[]? value) => Of(ArgTag.BoolList, value);

    public static implicit operator Arg(torch.Tensor?[]? value) => Of(ArgTag.TensorList, value);

    public static implicit operator Arg(List<torch.Tensor>? value) => Of(ArgTag.TensorList, value);

    public static implicit operator Arg(string? value) => Of(ArgTag.String, value);

    public static implicit operator Arg(torch.Device? value) =>
        value is null ? default : new(ArgTag.Device, null, ((long)value.type << 32) | (uint)value.index);

    public static implicit operator Arg(torch.Generator? value) => Of(ArgTag.Generator, value);

    public static implicit operator Arg(Scalar? value) => value is null ? default : value.Kind switch
    {
        ScalarKind.Integer => value.Integer,
        ScalarKind.Boolean => value.Integer != 0,
        ScalarKind.Complex => new(ArgTag.Complex, value, 0),
        _ => value.Real,
    };
}
