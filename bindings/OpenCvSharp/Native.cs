using System.Reflection;
using System.Runtime.InteropServices;
using Avs.Bindings;

namespace OpenCvSharp;

/// <summary>The functions of libavs_media.so. Each returns 0, or 1 when OpenCV threw (<see cref="Check"/> turns that into an exception).</summary>
internal static unsafe partial class Native
{
    private const string Library = "avs_media";

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Library ? NativeFile.Load("libavs_media.so", assembly, "reads and writes pictures and videos", "OpenCV 4.5 or newer") : 0;

    internal static void Check(int status)
    {
        if (status == 0) return;
        var code = avs_media_error(out var message, out var reason, out var function, out var file, out var line);
        throw new OpenCVException((ErrorCode)code, Text(function), Text(reason), Text(file), line, Text(message));
    }

    private static string Text(nint utf8) => (Marshal.PtrToStringUTF8(utf8) ?? "").Trim();

    [LibraryImport(Library)] private static partial int avs_media_error(out nint message, out nint reason, out nint function, out nint file, out int line);
    [LibraryImport(Library)] internal static partial nint avs_media_opencv_version();
    [LibraryImport(Library)] internal static partial int avs_set_num_threads(int n);
    [LibraryImport(Library)] internal static partial int avs_get_num_threads(out int n);

    [LibraryImport(Library)] internal static partial int avs_mat_new(out MatHandle m);
    [LibraryImport(Library)] internal static partial void avs_mat_delete(nint m);
    [LibraryImport(Library)] internal static partial int avs_mat_new_sized(int rows, int cols, int type, out MatHandle m);
    [LibraryImport(Library)] internal static partial int avs_mat_new_filled(int rows, int cols, int type, in Scalar s, out MatHandle m);
    [LibraryImport(Library)] internal static partial int avs_mat_new_over(int rows, int cols, int type, nint data, long step, out MatHandle m);
    [LibraryImport(Library)] internal static partial int avs_mat_info(MatHandle m, out MatInfo info);
    [LibraryImport(Library)] internal static partial int avs_mat_roi(MatHandle m, int x, int y, int width, int height, out MatHandle roi);
    [LibraryImport(Library)] internal static partial int avs_mat_reshape(MatHandle m, int channels, int rows, out MatHandle dst);
    [LibraryImport(Library)] internal static partial int avs_mat_transpose(MatHandle m, MatHandle dst);
    [LibraryImport(Library)] internal static partial int avs_mat_clone(MatHandle m, out MatHandle copy);
    [LibraryImport(Library)] internal static partial int avs_mat_copy_to(MatHandle m, MatHandle dst, MatHandle mask);
    [LibraryImport(Library)] internal static partial int avs_mat_convert_to(MatHandle m, MatHandle dst, int type, double alpha, double beta);
    [LibraryImport(Library)] internal static partial int avs_mat_set_to(MatHandle m, MatHandle value, MatHandle mask);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int avs_imread(string path, int flags, out MatHandle m);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int avs_imwrite(string path, MatHandle m, int[] settings, int n, out int written);
    [LibraryImport(Library)] internal static partial int avs_imdecode(byte* bytes, long n, int flags, out MatHandle m);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int avs_imencode(string ext, MatHandle m, int[] settings, int n, out nint buffer, out nint bytes, out long length, out int encoded);
    [LibraryImport(Library)] internal static partial void avs_bytes_delete(nint buffer);

    [LibraryImport(Library)] internal static partial int avs_add(MatHandle a, MatHandle b, MatHandle dst, MatHandle mask, int dtype);
    [LibraryImport(Library)] internal static partial int avs_subtract(MatHandle a, MatHandle b, MatHandle dst, MatHandle mask, int dtype);
    [LibraryImport(Library)] internal static partial int avs_multiply(MatHandle a, MatHandle b, MatHandle dst, double scale, int dtype);
    [LibraryImport(Library)] internal static partial int avs_divide(MatHandle a, MatHandle b, MatHandle dst, double scale, int dtype);
    [LibraryImport(Library)] internal static partial int avs_absdiff(MatHandle a, MatHandle b, MatHandle dst);
    [LibraryImport(Library)] internal static partial int avs_add_weighted(MatHandle a, double alpha, MatHandle b, double beta, double gamma, MatHandle dst, int dtype);
    [LibraryImport(Library)] internal static partial int avs_bitwise_or(MatHandle a, MatHandle b, MatHandle dst, MatHandle mask);
    [LibraryImport(Library)] internal static partial int avs_bitwise_and(MatHandle a, MatHandle b, MatHandle dst, MatHandle mask);
    [LibraryImport(Library)] internal static partial int avs_bitwise_xor(MatHandle a, MatHandle b, MatHandle dst, MatHandle mask);
    [LibraryImport(Library)] internal static partial int avs_bitwise_not(MatHandle a, MatHandle dst, MatHandle mask);
    [LibraryImport(Library)] internal static partial int avs_compare(MatHandle a, MatHandle b, MatHandle dst, int operation);
    [LibraryImport(Library)] internal static partial int avs_in_range(MatHandle a, MatHandle low, MatHandle high, MatHandle dst);
    [LibraryImport(Library)] internal static partial int avs_count_non_zero(MatHandle m, out int n);
    [LibraryImport(Library)] internal static partial int avs_mean(MatHandle m, MatHandle mask, out Scalar mean);
    [LibraryImport(Library)] internal static partial int avs_sum(MatHandle m, out Scalar sum);
    [LibraryImport(Library)] internal static partial int avs_norm(MatHandle a, MatHandle b, int type, out double norm);
    [LibraryImport(Library)] internal static partial int avs_min_max_loc(MatHandle m, out double low, out double high, out Point lowAt, out Point highAt, MatHandle mask);
    [LibraryImport(Library)] internal static partial int avs_extract_channel(MatHandle m, MatHandle dst, int channel);
    [LibraryImport(Library)] internal static partial int avs_merge(nint[] parts, int n, MatHandle dst);
    [LibraryImport(Library)] internal static partial int avs_concat(nint[] parts, int n, int vertical, MatHandle dst);

    [LibraryImport(Library)] internal static partial int avs_resize(MatHandle m, MatHandle dst, int width, int height, double fx, double fy, int interpolation);
    [LibraryImport(Library)] internal static partial int avs_cvt_color(MatHandle m, MatHandle dst, int code, int channels);
    [LibraryImport(Library)] internal static partial int avs_flip(MatHandle m, MatHandle dst, int code);
    [LibraryImport(Library)] internal static partial int avs_rotate(MatHandle m, MatHandle dst, int code);
    [LibraryImport(Library)]
    internal static partial int avs_warp_affine(MatHandle m, MatHandle dst, MatHandle matrix, int width, int height, int flags, int border, in Scalar value);
    [LibraryImport(Library)] internal static partial int avs_rotation_matrix(float x, float y, double angle, double scale, out MatHandle m);
    [LibraryImport(Library)] internal static partial int avs_gaussian_blur(MatHandle m, MatHandle dst, int width, int height, double sigmaX, double sigmaY, int border);
    [LibraryImport(Library)] internal static partial int avs_threshold(MatHandle m, MatHandle dst, double threshold, double high, int type, out double used);
    [LibraryImport(Library)] internal static partial int avs_apply_color_map(MatHandle m, MatHandle dst, int map);
    [LibraryImport(Library)]
    internal static partial int avs_copy_make_border(MatHandle m, MatHandle dst, int top, int bottom, int left, int right, int border, in Scalar value);
    [LibraryImport(Library)] internal static partial int avs_structuring_element(int shape, int width, int height, int x, int y, out MatHandle m);
    [LibraryImport(Library)] internal static partial int avs_morphology(MatHandle m, MatHandle dst, int operation, MatHandle element, int iterations);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int avs_put_text(MatHandle m, string text, int x, int y, int font, double scale, in Scalar color, int thickness, int line, int bottomLeft);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int avs_text_size(string text, int font, double scale, int thickness, out int baseline, out Size size);
    [LibraryImport(Library)]
    internal static partial int avs_rectangle(MatHandle m, int x1, int y1, int x2, int y2, in Scalar color, int thickness, int line, int shift);
    [LibraryImport(Library)] internal static partial int avs_line(MatHandle m, int x1, int y1, int x2, int y2, in Scalar color, int thickness, int line, int shift);
    [LibraryImport(Library)] internal static partial int avs_circle(MatHandle m, int x, int y, int radius, in Scalar color, int thickness, int line, int shift);
    [LibraryImport(Library)]
    internal static partial int avs_polylines(MatHandle m, Point[] points, int[] counts, int n, int closed, in Scalar color, int thickness, int line, int shift);
    [LibraryImport(Library)]
    internal static partial int avs_fill_poly(MatHandle m, Point[] points, int[] counts, int n, in Scalar color, int line, int shift, int x, int y);
    [LibraryImport(Library)]
    internal static partial int avs_draw_contours(MatHandle m, Point[] points, int[] counts, int n, int index, in Scalar color, int thickness, int line,
        HierarchyIndex[]? hierarchy, int levels, int x, int y);
    [LibraryImport(Library)]
    internal static partial int avs_find_contours(MatHandle m, int mode, int method, int x, int y, out nint found, out int n, out Point* points, out int* counts,
        out HierarchyIndex* hierarchy);
    [LibraryImport(Library)] internal static partial void avs_contours_delete(nint found);

    [LibraryImport(Library)] internal static partial int avs_capture_new(out CaptureHandle c);
    [LibraryImport(Library)] internal static partial void avs_capture_delete(nint c);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int avs_capture_open(CaptureHandle c, string path, int api, out int opened);
    [LibraryImport(Library)] internal static partial int avs_capture_is_opened(CaptureHandle c, out int opened);
    [LibraryImport(Library)] internal static partial int avs_capture_read(CaptureHandle c, MatHandle frame, out int got);
    [LibraryImport(Library)] internal static partial int avs_capture_get(CaptureHandle c, int property, out double value);
    [LibraryImport(Library)] internal static partial int avs_capture_set(CaptureHandle c, int property, double value, out int accepted);
    [LibraryImport(Library)] internal static partial int avs_capture_release(CaptureHandle c);

    [LibraryImport(Library)] internal static partial int avs_writer_new(out WriterHandle w);
    [LibraryImport(Library)] internal static partial void avs_writer_delete(nint w);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int avs_writer_open(WriterHandle w, string path, int api, int fourcc, double fps, int width, int height, int color, out int opened);
    [LibraryImport(Library)] internal static partial int avs_writer_is_opened(WriterHandle w, out int opened);
    [LibraryImport(Library)] internal static partial int avs_writer_write(WriterHandle w, MatHandle frame);
    [LibraryImport(Library)] internal static partial int avs_writer_release(WriterHandle w);
}

[StructLayout(LayoutKind.Sequential)]
internal readonly struct MatInfo
{
    public readonly int Rows, Cols, Type, Dims;
    public readonly nint Data;
    public readonly long Step;
    public readonly int Continuous, Submatrix;
}

internal sealed class MatHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    /// <summary>The managed array that the pixels are in, if they are in one: it stays in place as long as this handle lives.</summary>
    internal PinnedArray? Pin { get; private set; }

    internal void Hold(PinnedArray pin)
    {
        pin.Hold();
        Pin = pin;
    }

    protected override bool ReleaseHandle()
    {
        Native.avs_mat_delete(handle);
        Pin?.Release();
        return true;
    }
}

internal sealed class CaptureHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Native.avs_capture_delete(handle);
        return true;
    }
}

internal sealed class WriterHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Native.avs_writer_delete(handle);
        return true;
    }
}
