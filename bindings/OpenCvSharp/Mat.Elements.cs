using System.Runtime.CompilerServices;

namespace OpenCvSharp;

// Single elements and whole arrays. Unlike OpenCvSharp4, positions and sizes are checked: a slip is an exception, not a stray write.
public partial class Mat
{
    public IntPtr Ptr(int i0) => Element(Info, i0, 0, 0);

    public IntPtr Ptr(int i0, int i1) => Element(Info, i0, i1, 0);

    public T Get<T>(int i0) where T : struct => Get<T>(i0, 0);

    public unsafe T Get<T>(int i0, int i1) where T : struct
    {
        var value = Unsafe.ReadUnaligned<T>((void*)Element(Info, i0, i1, SizeOf<T>()));
        GC.KeepAlive(this);
        return value;
    }

    public void Set<T>(int i0, T value) where T : struct => Set(i0, 0, value);

    public unsafe void Set<T>(int i0, int i1, T value) where T : struct
    {
        Unsafe.WriteUnaligned((void*)Element(Info, i0, i1, SizeOf<T>()), value);
        GC.KeepAlive(this);
    }

    public ref T At<T>(int i0) where T : unmanaged => ref At<T>(i0, 0);

    public unsafe ref T At<T>(int i0, int i1) where T : unmanaged => ref *(T*)Element(Info, i0, i1, sizeof(T));

    /// <summary>All elements, row by row: channels interleaved for a primitive type, one struct a pixel for a Vec type.</summary>
    public unsafe bool GetArray<T>(out T[] data) where T : unmanaged
    {
        var info = Info;
        var perRow = ValuesPerRow<T>(info);
        data = new T[(long)info.Rows * perRow];
        for (var y = 0; y < info.Rows; y++)
            new ReadOnlySpan<T>((void*)(info.Data + (nint)(y * info.Step)), perRow).CopyTo(data.AsSpan(y * perRow, perRow));
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Fills the matrix from an array laid out as <see cref="GetArray"/> returns it.</summary>
    public unsafe bool SetArray<T>(params T[] data) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        var info = Info;
        var perRow = ValuesPerRow<T>(info);
        if (data.Length != (long)info.Rows * perRow)
            throw new ArgumentException($"{data.Length} values given, {info.Rows}x{info.Cols} elements of {Type()} need {(long)info.Rows * perRow}", nameof(data));
        for (var y = 0; y < info.Rows; y++)
            data.AsSpan(y * perRow, perRow).CopyTo(new Span<T>((void*)(info.Data + (nint)(y * info.Step)), perRow));
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>The elements in place; empty when the rows do not follow each other without gaps.</summary>
    public unsafe Span<T> AsSpan<T>() where T : unmanaged
    {
        var info = Info;
        return info.Continuous != 0 ? new Span<T>((void*)info.Data, checked((int)((long)info.Rows * info.Cols * ElemSize() / sizeof(T)))) : [];
    }

    private static int SizeOf<T>() where T : struct =>
        RuntimeHelpers.IsReferenceOrContainsReferences<T>() ? throw new OpenCvSharpException($"{typeof(T)} is no pixel type") : Unsafe.SizeOf<T>();

    private static nint Element(MatInfo info, int row, int col, int bytes)
    {
        MatType type = info.Type;
        var element = (long)type.Channels * type.ElemSize1;
        if ((uint)row >= (uint)info.Rows) throw new ArgumentOutOfRangeException(nameof(row), $"Row {row} of {info.Rows}");
        if ((uint)col >= (uint)info.Cols || col * element + bytes > info.Cols * element)
            throw new ArgumentOutOfRangeException(nameof(col), $"Column {col} of {info.Cols} ({bytes} bytes of elements of {element})");
        return info.Data + (nint)(row * info.Step + col * element);
    }

    private static int ValuesPerRow<T>(MatInfo info) where T : unmanaged
    {
        MatType type = info.Type;
        if (MatType.Of(typeof(T)) is not { } asked || asked.Depth != type.Depth || type.Channels % asked.Channels != 0)
            throw new OpenCvSharpException($"Mat data type is not compatible: {typeof(T)} asked, {type} held");
        return info.Cols * (type.Channels / asked.Channels);
    }
}
