using System.Runtime.InteropServices;

namespace OpenCvSharp;

[StructLayout(LayoutKind.Sequential)]
public record struct Size(int Width, int Height)
{
    public int Width = Width;
    public int Height = Height;

    public static readonly Size Zero;

    public Size(double width, double height) : this((int)width, (int)height) { }
}

[StructLayout(LayoutKind.Sequential)]
public record struct Point(int X, int Y)
{
    public int X = X;
    public int Y = Y;

    public Point(double x, double y) : this((int)x, (int)y) { }

    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);
    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);
    public static implicit operator Point2f(Point p) => new(p.X, p.Y);
}

[StructLayout(LayoutKind.Sequential)]
public record struct Point2f(float X, float Y)
{
    public float X = X;
    public float Y = Y;

    public static Point2f operator +(Point2f a, Point2f b) => new(a.X + b.X, a.Y + b.Y);
    public static Point2f operator -(Point2f a, Point2f b) => new(a.X - b.X, a.Y - b.Y);
    public static Point2f operator *(Point2f a, double scale) => new((float)(a.X * scale), (float)(a.Y * scale));
}

[StructLayout(LayoutKind.Sequential)]
public record struct Rect(int X, int Y, int Width, int Height)
{
    public int X = X;
    public int Y = Y;
    public int Width = Width;
    public int Height = Height;

    public Rect(Point location, Size size) : this(location.X, location.Y, size.Width, size.Height) { }

    public readonly int Top => Y;
    public readonly int Bottom => Y + Height;
    public readonly int Left => X;
    public readonly int Right => X + Width;
    public readonly Point Location => new(X, Y);
    public readonly Size Size => new(Width, Height);
    public readonly Point TopLeft => new(X, Y);
    public readonly Point BottomRight => new(X + Width, Y + Height);

    public readonly bool Contains(Point p) => X <= p.X && p.X < X + Width && Y <= p.Y && p.Y < Y + Height;

    public readonly Rect Intersect(Rect other)
    {
        int left = Math.Max(X, other.X), top = Math.Max(Y, other.Y);
        int right = Math.Min(Right, other.Right), bottom = Math.Min(Bottom, other.Bottom);
        return right > left && bottom > top ? new Rect(left, top, right - left, bottom - top) : default;
    }

    public static Rect operator &(Rect a, Rect b) => a.Intersect(b);
}

/// <summary>Four numbers: a colour in the channel order of the picture (BGR), or one value per channel.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct Scalar(double Val0, double Val1, double Val2, double Val3)
{
    public double Val0 = Val0;
    public double Val1 = Val1;
    public double Val2 = Val2;
    public double Val3 = Val3;

    public static readonly Scalar Black = new(0, 0, 0);
    public static readonly Scalar White = new(255, 255, 255);
    public static readonly Scalar Gray = new(128, 128, 128);
    public static readonly Scalar Red = new(0, 0, 255);
    public static readonly Scalar Green = new(0, 128, 0);
    public static readonly Scalar Blue = new(255, 0, 0);
    public static readonly Scalar Yellow = new(0, 255, 255);

    public Scalar(double val0) : this(val0, 0, 0, 0) { }
    public Scalar(double val0, double val1) : this(val0, val1, 0, 0) { }
    public Scalar(double val0, double val1, double val2) : this(val0, val1, val2, 0) { }

    public static Scalar FromRgb(int r, int g, int b) => new(b, g, r);
    public static Scalar All(double v) => new(v, v, v, v);
    public static explicit operator Scalar(double val) => new(val);

    public readonly double ToDouble() => Val0;

    public double this[int i]
    {
        readonly get => i switch { 0 => Val0, 1 => Val1, 2 => Val2, 3 => Val3, _ => throw new ArgumentOutOfRangeException(nameof(i)) };
        set
        {
            switch (i)
            {
                case 0: Val0 = value; break;
                case 1: Val1 = value; break;
                case 2: Val2 = value; break;
                case 3: Val3 = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(i));
            }
        }
    }
}

/// <summary>How a contour hangs in the tree of contours: indices of its neighbours, or -1.</summary>
[StructLayout(LayoutKind.Sequential)]
public record struct HierarchyIndex(int Next, int Previous, int Child, int Parent)
{
    public int Next = Next;
    public int Previous = Previous;
    public int Child = Child;
    public int Parent = Parent;
}
