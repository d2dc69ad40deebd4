using System.Numerics;

namespace TorchSharp;

internal enum ScalarKind
{
    Integer,
    Real,
    Boolean,
    Complex,
}

/// <summary>A number as an operator's argument. Made by implicit conversion from C#'s numbers.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(torch.ScalarType type, ScalarKind kind, long integer, double real, double imaginary)
    {
        Type = type;
        Kind = kind;
        Integer = integer;
        Real = real;
        Imaginary = imaginary;
    }

    /// <summary>The element type that the number came from.</summary>
    public torch.ScalarType Type { get; }

    internal ScalarKind Kind { get; }

    internal long Integer { get; }

    internal double Real { get; }

    internal double Imaginary { get; }

    private static Scalar Whole(torch.ScalarType type, long value) => new(type, ScalarKind.Integer, value, value, 0);

    private static Scalar Float(torch.ScalarType type, double value) => new(type, ScalarKind.Real, (long)value, value, 0);

    public static implicit operator Scalar(byte value) => Whole(torch.ScalarType.Byte, value);

    public static implicit operator Scalar(sbyte value) => Whole(torch.ScalarType.Int8, value);

    public static implicit operator Scalar(short value) => Whole(torch.ScalarType.Int16, value);

    public static implicit operator Scalar(int value) => Whole(torch.ScalarType.Int32, value);

    public static implicit operator Scalar(long value) => Whole(torch.ScalarType.Int64, value);

    public static implicit operator Scalar(Half value) => Float(torch.ScalarType.Float16, (double)value);

    public static implicit operator Scalar(float value) => Float(torch.ScalarType.Float32, value);

    public static implicit operator Scalar(double value) => Float(torch.ScalarType.Float64, value);

    public static implicit operator Scalar(bool value) =>
        new(torch.ScalarType.Bool, ScalarKind.Boolean, value ? 1 : 0, value ? 1 : 0, 0);

    public static implicit operator Scalar((float Real, float Imaginary) value) =>
        new(torch.ScalarType.ComplexFloat32, ScalarKind.Complex, (long)value.Real, value.Real, value.Imaginary);

    public static implicit operator Scalar(Complex value) =>
        new(torch.ScalarType.ComplexFloat64, ScalarKind.Complex, (long)value.Real, value.Real, value.Imaginary);

    /// <summary>Nothing is held; here because TorchSharp's Scalar has it.</summary>
    public void Dispose()
    {
    }
}

/// <summary>Conversions between numbers and <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;

    public static Scalar ToScalar(this sbyte value) => value;

    public static Scalar ToScalar(this short value) => value;

    public static Scalar ToScalar(this int value) => value;

    public static Scalar ToScalar(this long value) => value;

    public static Scalar ToScalar(this float value) => value;

    public static Scalar ToScalar(this double value) => value;

    public static Scalar ToScalar(this bool value) => value;

    public static Scalar ToScalar(this Half value) => value;

    public static Scalar ToScalar(this Complex value) => value;

    public static float ToSingle(this Scalar value) => (float)value.Real;

    public static double ToDouble(this Scalar value) => value.Real;

    public static Half ToHalf(this Scalar value) => (Half)value.Real;

    public static sbyte ToSByte(this Scalar value) => (sbyte)value.Integer;

    public static byte ToByte(this Scalar value) => (byte)value.Integer;

    public static short ToInt16(this Scalar value) => (short)value.Integer;

    public static int ToInt32(this Scalar value) => (int)value.Integer;

    public static long ToInt64(this Scalar value) => value.Integer;

    public static bool ToBoolean(this Scalar value) => value.Real != 0;

    public static Complex ToComplexFloat64(this Scalar value) => new(value.Real, value.Imaginary);
}
