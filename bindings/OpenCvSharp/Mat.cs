namespace OpenCvSharp;

/// <summary>A matrix of pixels, rows by columns, each of one or more channels. Two-dimensional only.</summary>
public partial class Mat : IDisposable
{
    internal Mat(MatHandle handle, PinnedArray? pin = null)
    {
        Handle = handle;
        if (pin is not null) handle.Hold(pin);
    }

    public Mat() : this(NewEmpty()) { }

    public Mat(int rows, int cols, MatType type) : this(NewSized(rows, cols, type)) { }

    public Mat(Size size, MatType type) : this(size.Height, size.Width, type) { }

    public Mat(int rows, int cols, MatType type, Scalar s) : this(NewFilled(rows, cols, type, s)) { }

    public Mat(Size size, MatType type, Scalar s) : this(size.Height, size.Width, type, s) { }

    public Mat(string fileName, ImreadModes flags = ImreadModes.Color) : this(Read(fileName, flags)) { }

    /// <summary>A view of a part of <paramref name="m"/>: the pixels are shared.</summary>
    public Mat(Mat m, Rect roi) : this(Roi(m, roi), m.Handle.Pin) { }

    /// <summary>Wraps pixels that live elsewhere, without copying; they must outlive the matrix.</summary>
    public static Mat FromPixelData(int rows, int cols, MatType type, IntPtr data, long step = 0)
    {
        Native.Check(Native.avs_mat_new_over(rows, cols, type, data, step, out var handle));
        return new Mat(handle);
    }

    /// <summary>Wraps an array without copying: writes to the matrix are seen in the array and the other way round.</summary>
    public static Mat FromPixelData(int rows, int cols, MatType type, Array data, long step = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        var row = (long)cols * type.Channels * type.ElemSize1;
        var needed = rows == 0 ? 0 : (step == 0 ? row : step) * (rows - 1L) + row;
        var held = Buffer.ByteLength(data.GetType().GetElementType()!.IsPrimitive ? data : throw new OpenCvSharpException("Array of primitive values expected"));
        if (held < needed)
            throw new OpenCvSharpException($"Array of {held} bytes is too short for {rows}x{cols} elements of {type}: {needed} bytes needed");
        var pin = new PinnedArray(data);
        Native.Check(Native.avs_mat_new_over(rows, cols, type, pin.Address, step, out var handle));
        return new Mat(handle, pin);
    }

    public static Mat ImDecode(byte[] imageBytes, ImreadModes mode = ImreadModes.Color) => Cv2.ImDecode(imageBytes, mode);

    public static Mat ImDecode(ReadOnlySpan<byte> span, ImreadModes mode = ImreadModes.Color) => Cv2.ImDecode(span, mode);

    public static Mat FromImageData(byte[] imageBytes, ImreadModes mode = ImreadModes.Color) => Cv2.ImDecode(imageBytes, mode);

    public static Mat FromImageData(ReadOnlySpan<byte> span, ImreadModes mode = ImreadModes.Color) => Cv2.ImDecode(span, mode);

    public static Mat FromStream(Stream stream, ImreadModes mode)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Cv2.ImDecode(bytes.ToArray(), mode);
    }

    public int Rows => Info.Rows;
    public int Cols => Info.Cols;
    public int Height => Info.Rows;
    public int Width => Info.Cols;
    public int Dims => Info.Dims;
    public IntPtr Data => Info.Data;
    public unsafe byte* DataPointer => (byte*)Info.Data;
    public bool IsDisposed => Handle.IsClosed;

    public MatType Type() => Info.Type;
    public int Depth() => Type().Depth;
    public int Channels() => Type().Channels;
    public int ElemSize() => Type().ElemSize1 * Type().Channels;
    public int ElemSize1() => Type().ElemSize1;
    public bool Empty() => Info is var i && (i.Data == 0 || i.Rows == 0 || i.Cols == 0);
    public Size Size() => Info is var i ? new Size(i.Cols, i.Rows) : default;
    public int Size(int dim) => dim switch { 0 => Info.Rows, 1 => Info.Cols, _ => throw new ArgumentOutOfRangeException(nameof(dim)) };
    /// <summary>Bytes from the start of one row to the start of the next.</summary>
    public long Step() => Info.Step;
    public long Total() => Info is var i ? (long)i.Rows * i.Cols : 0;
    public bool IsContinuous() => Info.Continuous != 0;
    public bool IsSubmatrix() => Info.Submatrix != 0;

    public Mat Clone()
    {
        Native.Check(Native.avs_mat_clone(Handle, out var copy));
        return new Mat(copy);
    }

    public Mat Clone(Rect roi)
    {
        using var part = new Mat(this, roi);
        return part.Clone();
    }

    public void CopyTo(Mat m, InputArray? mask = null)
    {
        ArgumentNullException.ThrowIfNull(m);
        Native.Check(Native.avs_mat_copy_to(Handle, m.Handle, Cv2.MaskOf(mask)));
        GC.KeepAlive(mask);
    }

    public void CopyTo(OutputArray m, InputArray? mask = null) => CopyTo(m.Mat, mask);

    public void ConvertTo(OutputArray m, MatType rtype, double alpha = 1, double beta = 0)
    {
        ArgumentNullException.ThrowIfNull(m);
        Native.Check(Native.avs_mat_convert_to(Handle, m.Mat.Handle, rtype, alpha, beta));
    }

    public Mat SetTo(Scalar value, Mat? mask = null) => SetTo((InputArray)value, mask);

    public Mat SetTo(InputArray value, Mat? mask = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        Native.Check(Native.avs_mat_set_to(Handle, value.Mat.Handle, mask is null ? Cv2.NoMask : mask.Handle));
        return this;
    }

    /// <summary>The same pixels under another number of channels and rows (0 keeps that number).</summary>
    public Mat Reshape(int cn, int rows = 0)
    {
        Native.Check(Native.avs_mat_reshape(Handle, cn, rows, out var shared));
        return new Mat(shared, Handle.Pin);
    }

    public Mat SubMat(Rect roi) => new(this, roi);

    public Mat SubMat(int rowStart, int rowEnd, int colStart, int colEnd) =>
        SubMat(new Rect(colStart, rowStart, colEnd - colStart, rowEnd - rowStart));

    public Mat SubMat(System.Range rowRange, System.Range colRange)
    {
        var (top, height) = rowRange.GetOffsetAndLength(Rows);
        var (left, width) = colRange.GetOffsetAndLength(Cols);
        return SubMat(new Rect(left, top, width, height));
    }

    public Mat Row(int y) => SubMat(y, y + 1, 0, Cols);
    public Mat Col(int x) => SubMat(0, Rows, x, x + 1);
    public Mat RowRange(int startRow, int endRow) => SubMat(startRow, endRow, 0, Cols);
    public Mat ColRange(int startCol, int endCol) => SubMat(0, Rows, startCol, endCol);

    public Mat this[Rect roi]
    {
        get => SubMat(roi);
        set
        {
            using var part = SubMat(roi);
            Assign(value, part);
        }
    }

    public Mat this[int rowStart, int rowEnd, int colStart, int colEnd]
    {
        get => SubMat(rowStart, rowEnd, colStart, colEnd);
        set
        {
            using var part = SubMat(rowStart, rowEnd, colStart, colEnd);
            Assign(value, part);
        }
    }

    public Mat this[System.Range rowRange, System.Range colRange]
    {
        get => SubMat(rowRange, colRange);
        set
        {
            using var part = SubMat(rowRange, colRange);
            Assign(value, part);
        }
    }

    public byte[] ToBytes(string ext = ".png", int[]? prms = null)
    {
        Cv2.ImEncode(ext, this, out var bytes, prms);
        return bytes;
    }

    public byte[] ToBytes(string ext = ".png", params ImageEncodingParam[] prms) => ToBytes(ext, ImageEncodingParam.Flatten(prms));
    public bool ImWrite(string fileName, int[]? prms = null) => Cv2.ImWrite(fileName, this, prms);
    public bool ImWrite(string fileName, params ImageEncodingParam[] prms) => Cv2.ImWrite(fileName, this, prms);
    public bool SaveImage(string fileName, int[]? prms = null) => Cv2.ImWrite(fileName, this, prms);
    public bool SaveImage(string fileName, params ImageEncodingParam[] prms) => Cv2.ImWrite(fileName, this, prms);

    public Mat Resize(Size dsize, double fx = 0, double fy = 0, InterpolationFlags interpolation = InterpolationFlags.Linear)
    {
        var dst = new Mat();
        Cv2.Resize(this, dst, dsize, fx, fy, interpolation);
        return dst;
    }

    public Mat CvtColor(ColorConversionCodes code, int dstCn = 0)
    {
        var dst = new Mat();
        Cv2.CvtColor(this, dst, code, dstCn);
        return dst;
    }

    public Mat T()
    {
        var dst = new Mat();
        Native.Check(Native.avs_mat_transpose(Handle, dst.Handle));
        return dst;
    }

    public void Release() => Dispose();

    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }

    public override string ToString() =>
        IsDisposed ? "Mat [ disposed ]" : Info is var i ? $"Mat [ {i.Rows}*{i.Cols}*{Type()}, IsContinuous={i.Continuous != 0}, IsSubmatrix={i.Submatrix != 0} ]" : "";

    internal MatHandle Handle { get; }

    internal MatInfo Info
    {
        get
        {
            Native.Check(Native.avs_mat_info(Handle, out var info));
            return info;
        }
    }

    private static void Assign(Mat value, Mat part)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Size() != part.Size()) throw new OpenCvSharpException($"Size of value {value.Size()} differs from that of the part {part.Size()}");
        if (value.Type() != part.Type()) throw new OpenCvSharpException($"Type of value {value.Type()} differs from {part.Type()}");
        value.CopyTo(part);
    }

    private static MatHandle NewEmpty()
    {
        Native.Check(Native.avs_mat_new(out var handle));
        return handle;
    }

    private static MatHandle NewSized(int rows, int cols, MatType type)
    {
        Native.Check(Native.avs_mat_new_sized(rows, cols, type, out var handle));
        return handle;
    }

    private static MatHandle NewFilled(int rows, int cols, MatType type, Scalar s)
    {
        Native.Check(Native.avs_mat_new_filled(rows, cols, type, s, out var handle));
        return handle;
    }

    private static MatHandle Read(string fileName, ImreadModes flags)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        Native.Check(Native.avs_imread(fileName, (int)flags, out var handle));
        return handle;
    }

    private static MatHandle Roi(Mat m, Rect roi)
    {
        ArgumentNullException.ThrowIfNull(m);
        Native.Check(Native.avs_mat_roi(m.Handle, roi.X, roi.Y, roi.Width, roi.Height, out var handle));
        return handle;
    }
}
