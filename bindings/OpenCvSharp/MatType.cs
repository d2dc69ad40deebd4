namespace OpenCvSharp;

/// <summary>Depth and number of channels of a matrix, packed as OpenCV packs them.</summary>
public readonly record struct MatType(int Value)
{
    public const int CV_8U = 0, CV_8S = 1, CV_16U = 2, CV_16S = 3, CV_32S = 4, CV_32F = 5, CV_64F = 6;

    public static readonly MatType
        CV_8UC1 = CV_8UC(1), CV_8UC2 = CV_8UC(2), CV_8UC3 = CV_8UC(3), CV_8UC4 = CV_8UC(4),
        CV_8SC1 = CV_8SC(1), CV_8SC2 = CV_8SC(2), CV_8SC3 = CV_8SC(3), CV_8SC4 = CV_8SC(4),
        CV_16UC1 = CV_16UC(1), CV_16UC2 = CV_16UC(2), CV_16UC3 = CV_16UC(3), CV_16UC4 = CV_16UC(4),
        CV_16SC1 = CV_16SC(1), CV_16SC2 = CV_16SC(2), CV_16SC3 = CV_16SC(3), CV_16SC4 = CV_16SC(4),
        CV_32SC1 = CV_32SC(1), CV_32SC2 = CV_32SC(2), CV_32SC3 = CV_32SC(3), CV_32SC4 = CV_32SC(4),
        CV_32FC1 = CV_32FC(1), CV_32FC2 = CV_32FC(2), CV_32FC3 = CV_32FC(3), CV_32FC4 = CV_32FC(4),
        CV_64FC1 = CV_64FC(1), CV_64FC2 = CV_64FC(2), CV_64FC3 = CV_64FC(3), CV_64FC4 = CV_64FC(4);

    public int Depth => Value & 7;
    public int Channels => (Value >> 3) + 1;
    public bool IsInteger => Depth < CV_32F;

    public static MatType CV_8UC(int ch) => MakeType(CV_8U, ch);
    public static MatType CV_8SC(int ch) => MakeType(CV_8S, ch);
    public static MatType CV_16UC(int ch) => MakeType(CV_16U, ch);
    public static MatType CV_16SC(int ch) => MakeType(CV_16S, ch);
    public static MatType CV_32SC(int ch) => MakeType(CV_32S, ch);
    public static MatType CV_32FC(int ch) => MakeType(CV_32F, ch);
    public static MatType CV_64FC(int ch) => MakeType(CV_64F, ch);

    public static MatType MakeType(int depth, int channels)
    {
        if (channels is < 1 or > 512) throw new OpenCvSharpException("Channels count should be 1..512");
        if (depth is < 0 or > 7) throw new OpenCvSharpException("Data type depth should be 0..7");
        return new MatType(depth | ((channels - 1) << 3));
    }

    public static implicit operator int(MatType self) => self.Value;
    public static implicit operator MatType(int value) => new(value);

    public override string ToString() =>
        "CV_" + Depth switch { CV_8U => "8U", CV_8S => "8S", CV_16U => "16U", CV_16S => "16S", CV_32S => "32S", CV_32F => "32F", CV_64F => "64F", _ => "USRTYPE1" }
        + "C" + Channels;

    /// <summary>Bytes of one channel of one element.</summary>
    internal int ElemSize1 => Depth switch { CV_8U or CV_8S => 1, CV_16U or CV_16S => 2, CV_32S or CV_32F => 4, CV_64F => 8, _ => 2 };

    /// <summary>The matrix type that a .NET element type stands for, or null: byte is CV_8UC1, Vec3b is CV_8UC3.</summary>
    internal static MatType? Of(Type t) =>
        t == typeof(byte) ? CV_8UC1 : t == typeof(sbyte) ? CV_8SC1 : t == typeof(ushort) || t == typeof(char) ? CV_16UC1
        : t == typeof(short) ? CV_16SC1 : t == typeof(int) ? CV_32SC1 : t == typeof(float) ? CV_32FC1 : t == typeof(double) ? CV_64FC1
        : t == typeof(Vec2b) ? CV_8UC2 : t == typeof(Vec3b) ? CV_8UC3 : t == typeof(Vec4b) ? CV_8UC4
        : t == typeof(Vec2i) || t == typeof(Point) || t == typeof(Size) ? CV_32SC2 : t == typeof(Vec3i) ? CV_32SC3 : t == typeof(Vec4i) || t == typeof(Rect) ? CV_32SC4
        : t == typeof(Vec2f) || t == typeof(Point2f) ? CV_32FC2 : t == typeof(Vec3f) ? CV_32FC3 : t == typeof(Vec4f) ? CV_32FC4
        : t == typeof(Vec2d) ? CV_64FC2 : t == typeof(Vec3d) ? CV_64FC3 : t == typeof(Vec4d) ? CV_64FC4 : null;
}
