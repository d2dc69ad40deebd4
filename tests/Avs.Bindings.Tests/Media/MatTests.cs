using OpenCvSharp;

namespace Avs.Bindings.Tests.Media;

public class MatTests
{
    [Fact]
    public void A_new_matrix_knows_its_shape()
    {
        using var m = new Mat(3, 5, MatType.CV_32FC2);
        Assert.Equal((3, 5, 2, 8, 4, 15L, 40L), (m.Rows, m.Cols, m.Channels(), m.ElemSize(), m.ElemSize1(), m.Total(), m.Step()));
        Assert.Equal(MatType.CV_32FC2, m.Type());
        Assert.Equal(new Size(5, 3), m.Size());
        Assert.False(m.Empty());
    }

    [Fact]
    public void An_array_and_the_matrix_over_it_are_one()
    {
        byte[] pixels = [.. Enumerable.Range(0, 12).Select(i => (byte)i)];
        using var m = Mat.FromPixelData(2, 2, MatType.CV_8UC3, pixels);
        Assert.Equal(new Vec3b(9, 10, 11), m.Get<Vec3b>(1, 1));
        m.Set(0, 1, new Vec3b(100, 101, 102));
        Assert.Equal((100, 102), (pixels[3], pixels[5]));
    }

    [Fact]
    public void An_array_that_is_too_short_is_refused() =>
        Assert.Throws<OpenCvSharpException>(() => Mat.FromPixelData(2, 2, MatType.CV_8UC3, new byte[11]));

    [Fact]
    public void Arrays_go_in_and_come_out_row_by_row()
    {
        using var m = new Mat(2, 3, MatType.CV_32FC1);
        m.SetArray(1f, 2f, 3f, 4f, 5f, 6f);
        m.GetArray(out float[] all);
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], all);
        using var right = m[new Rect(1, 0, 2, 2)];
        right.GetArray(out float[] part);
        Assert.Equal([2f, 3f, 5f, 6f], part);
    }

    [Fact]
    public void An_array_of_another_type_is_refused()
    {
        using var m = new Mat(2, 3, MatType.CV_32FC1);
        Assert.Throws<OpenCvSharpException>(() => m.GetArray(out byte[] _));
    }

    [Fact]
    public void A_position_outside_is_an_exception_not_a_stray_write()
    {
        using var m = new Mat(2, 2, MatType.CV_8UC1);
        Assert.Throws<ArgumentOutOfRangeException>(() => m.Set(2, 0, (byte)1));
        Assert.Throws<ArgumentOutOfRangeException>(() => m.Get<double>(1, 0));
    }

    [Fact]
    public void A_part_shares_pixels_and_a_clone_does_not()
    {
        using var m = new Mat(4, 4, MatType.CV_8UC1, new Scalar(7));
        using var clone = m.Clone();
        using var part = m.SubMat(new Rect(1, 1, 2, 2));
        part.SetTo(new Scalar(9));
        Assert.Equal((9, 7, 7), (m.Get<byte>(2, 2), m.Get<byte>(0, 0), clone.Get<byte>(2, 2)));
    }

    [Fact]
    public void Copying_under_a_mask_leaves_the_rest()
    {
        using var source = new Mat(1, 2, MatType.CV_8UC1, new Scalar(5));
        using var target = new Mat(1, 2, MatType.CV_8UC1, new Scalar(1));
        using var mask = Mat.FromPixelData(1, 2, MatType.CV_8UC1, new byte[] { 0, 255 });
        source.CopyTo(target, mask);
        Assert.Equal((1, 5), (target.Get<byte>(0, 0), target.Get<byte>(0, 1)));
    }

    [Fact]
    public void Conversion_rounds_and_saturates()
    {
        using var m = Mat.FromPixelData(1, 4, MatType.CV_32FC1, new[] { -3f, 0.5f, 1.5f, 300f });
        using var bytes = new Mat();
        m.ConvertTo(bytes, MatType.CV_8UC1);
        bytes.GetArray(out byte[] all);
        Assert.Equal([0, 0, 2, 255], all);
    }

    [Fact]
    public void An_error_in_OpenCV_is_a_catchable_exception_with_its_message()
    {
        using var a = new Mat(2, 2, MatType.CV_8UC1);
        using var b = new Mat(3, 3, MatType.CV_8UC1);
        using var sum = new Mat();
        var e = Assert.Throws<OpenCVException>(() => Cv2.Add(a, b, sum));
        Assert.Contains("sizes of input arguments do not match", e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(ErrorCode.StsUnmatchedSizes, e.Status);
    }

    [Fact]
    public void A_disposed_matrix_is_refused()
    {
        var m = new Mat(2, 2, MatType.CV_8UC1);
        m.Dispose();
        m.Dispose();
        Assert.True(m.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => m.Rows);
    }

    [Fact]
    public void A_thousand_matrices_leave_no_memory_behind()
    {
        static long Resident() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * Environment.SystemPageSize;

        static void Turn()
        {
            using var m = new Mat(512, 1024, MatType.CV_8UC4, Scalar.All(1));
            using var half = m[new Rect(0, 0, 512, 512)];
            using var copy = half.Clone();
            using var wrapped = Mat.FromPixelData(10, 10, MatType.CV_8UC1, new byte[100]);
        }

        for (var i = 0; i < 50; i++) Turn();
        var before = Resident();
        for (var i = 0; i < 1000; i++) Turn();
        Assert.InRange(Resident() - before, long.MinValue, 100L << 20);
    }
}
