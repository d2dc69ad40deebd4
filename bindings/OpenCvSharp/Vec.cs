using System.Runtime.InteropServices;

namespace OpenCvSharp;

[StructLayout(LayoutKind.Sequential)]
public record struct Vec2b(byte Item0, byte Item1)
{
    public byte Item0 = Item0;
    public byte Item1 = Item1;

    public byte this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec2i(int Item0, int Item1)
{
    public int Item0 = Item0;
    public int Item1 = Item1;

    public int this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec2f(float Item0, float Item1)
{
    public float Item0 = Item0;
    public float Item1 = Item1;

    public float this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec2d(double Item0, double Item1)
{
    public double Item0 = Item0;
    public double Item1 = Item1;

    public double this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec3b(byte Item0, byte Item1, byte Item2)
{
    public byte Item0 = Item0;
    public byte Item1 = Item1;
    public byte Item2 = Item2;

    public byte this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, 2 => Item2, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec3i(int Item0, int Item1, int Item2)
{
    public int Item0 = Item0;
    public int Item1 = Item1;
    public int Item2 = Item2;

    public int this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, 2 => Item2, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec3f(float Item0, float Item1, float Item2)
{
    public float Item0 = Item0;
    public float Item1 = Item1;
    public float Item2 = Item2;

    public float this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, 2 => Item2, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec3d(double Item0, double Item1, double Item2)
{
    public double Item0 = Item0;
    public double Item1 = Item1;
    public double Item2 = Item2;

    public double this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, 2 => Item2, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec4b(byte Item0, byte Item1, byte Item2, byte Item3)
{
    public byte Item0 = Item0;
    public byte Item1 = Item1;
    public byte Item2 = Item2;
    public byte Item3 = Item3;

    public byte this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, 2 => Item2, 3 => Item3, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                case 3: Item3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec4i(int Item0, int Item1, int Item2, int Item3)
{
    public int Item0 = Item0;
    public int Item1 = Item1;
    public int Item2 = Item2;
    public int Item3 = Item3;

    public int this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, 2 => Item2, 3 => Item3, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                case 3: Item3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec4f(float Item0, float Item1, float Item2, float Item3)
{
    public float Item0 = Item0;
    public float Item1 = Item1;
    public float Item2 = Item2;
    public float Item3 = Item3;

    public float this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, 2 => Item2, 3 => Item3, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                case 3: Item3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Vec4d(double Item0, double Item1, double Item2, double Item3)
{
    public double Item0 = Item0;
    public double Item1 = Item1;
    public double Item2 = Item2;
    public double Item3 = Item3;

    public double this[int i]
    {
        readonly get => i switch { 0 => Item0, 1 => Item1, 2 => Item2, 3 => Item3, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Item0 = value; break;
                case 1: Item1 = value; break;
                case 2: Item2 = value; break;
                case 3: Item3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}
