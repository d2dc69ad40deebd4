using OpenCvSharp;

namespace Avs.Bindings.Tests.Media;

public class ImageProcessingTests
{
    private static Mat Grey(int rows, params byte[] pixels)
    {
        using var view = Mat.FromPixelData(rows, pixels.Length / rows, MatType.CV_8UC1, pixels);
        return view.Clone();
    }

    private static byte[] Bytes(Mat m)
    {
        m.GetArray(out byte[] all);
        return all;
    }

    [Fact]
    public void Halving_by_area_averages_blocks()
    {
        using var m = Grey(2, 10, 20, 0, 4, 30, 40, 8, 8);
        using var half = m.Resize(new Size(2, 1), interpolation: InterpolationFlags.Area);
        Assert.Equal([25, 5], Bytes(half));
    }

    [Fact]
    public void Doubling_by_nearest_repeats_pixels()
    {
        using var m = Grey(1, 3, 9);
        using var twice = m.Resize(new Size(4, 2), interpolation: InterpolationFlags.Nearest);
        Assert.Equal([3, 3, 9, 9, 3, 3, 9, 9], Bytes(twice));
    }

    [Fact]
    public void Bilinear_samples_at_pixel_centres()
    {
        using var m = Mat.FromPixelData(1, 2, MatType.CV_32FC1, new[] { 0f, 4f });
        using var wide = m.Resize(new Size(4, 1));
        wide.GetArray(out float[] all);
        Assert.Equal([0f, 1f, 3f, 4f], all);
    }

    [Fact]
    public void Grey_weighs_the_colours()
    {
        using var bgr = new Mat(1, 1, MatType.CV_8UC3, Scalar.FromRgb(100, 200, 50));
        using var grey = bgr.CvtColor(ColorConversionCodes.BGR2GRAY);
        Assert.Equal(153, grey.Get<byte>(0, 0)); // 0.299*100 + 0.587*200 + 0.114*50 = 153.0
    }

    [Fact]
    public void Flipping_about_the_vertical_axis_mirrors_rows()
    {
        using var m = Grey(2, 1, 2, 3, 4);
        using var flipped = new Mat();
        Cv2.Flip(m, flipped, FlipMode.Y);
        Assert.Equal([2, 1, 4, 3], Bytes(flipped));
    }

    [Fact]
    public void A_quarter_turn_is_counter_clockwise()
    {
        using var m = Grey(3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        using var matrix = Cv2.GetRotationMatrix2D(new Point2f(1, 1), 90, 1);
        using var turned = new Mat();
        Cv2.WarpAffine(m, turned, matrix, m.Size());
        Assert.Equal([3, 6, 9, 2, 5, 8, 1, 4, 7], Bytes(turned));
    }

    [Fact]
    public void Sums_saturate_and_a_scalar_is_added_to_every_channel()
    {
        using var m = new Mat(1, 1, MatType.CV_8UC3, new Scalar(1, 100, 250));
        using var sum = new Mat();
        Cv2.Add(m, new Scalar(1, 2, 10), sum);
        Assert.Equal(new Vec3b(2, 102, 255), sum.Get<Vec3b>(0, 0));
        Cv2.Subtract(m, new Scalar(2, 2, 10), sum);
        Assert.Equal(new Vec3b(0, 98, 240), sum.Get<Vec3b>(0, 0));
    }

    [Fact]
    public void A_blend_is_a_weighted_sum()
    {
        using var a = Grey(1, 100, 0);
        using var b = Grey(1, 0, 200);
        using var blend = new Mat();
        Cv2.AddWeighted(a, 0.5, b, 0.25, 1, blend);
        Assert.Equal([51, 51], Bytes(blend));
    }

    [Fact]
    public void Masks_combine_bit_by_bit()
    {
        using var a = Grey(1, 0, 0, 255, 255);
        using var b = Grey(1, 0, 255, 0, 255);
        using var result = new Mat();
        Cv2.BitwiseOr(a, b, result);
        Assert.Equal(3, Cv2.CountNonZero(result));
        Cv2.BitwiseAnd(a, b, result);
        Assert.Equal([0, 0, 0, 255], Bytes(result));
        Cv2.BitwiseNot(result, result);
        Assert.Equal([255, 255, 255, 0], Bytes(result));
    }

    [Fact]
    public void A_threshold_is_strict()
    {
        using var m = Grey(1, 127, 128, 129);
        using var binary = new Mat();
        Cv2.Threshold(m, binary, 128, 255, ThresholdTypes.Binary);
        Assert.Equal([0, 0, 255], Bytes(binary));
    }

    [Fact]
    public void Channels_split_and_merge_back()
    {
        using var m = new Mat(2, 2, MatType.CV_8UC3, new Scalar(1, 2, 3));
        var parts = Cv2.Split(m);
        Assert.Equal([1, 2, 3], parts.Select(p => (int)p.Get<byte>(1, 1)));
        using var merged = new Mat();
        Cv2.Merge(parts, merged);
        Assert.Equal(0, Cv2.Norm(m, merged, NormTypes.INF));
        foreach (var part in parts) part.Dispose();
    }

    [Fact]
    public void Pictures_join_side_by_side_and_below()
    {
        using var a = Grey(1, 1, 2);
        using var b = Grey(1, 3, 4);
        using var joined = new Mat();
        Cv2.HConcat([a, b], joined);
        Assert.Equal([1, 2, 3, 4], Bytes(joined));
        Cv2.VConcat([a, b], joined);
        Assert.Equal((2, 2), (joined.Rows, joined.Cols));
    }

    [Fact]
    public void A_border_is_laid_around()
    {
        using var m = Grey(1, 5);
        using var framed = new Mat();
        Cv2.CopyMakeBorder(m, framed, 0, 1, 1, 0, BorderTypes.Constant, new Scalar(7));
        Assert.Equal([7, 5, 7, 7], Bytes(framed));
    }

    [Fact]
    public void The_contour_of_a_square_has_four_corners_and_its_hole_is_its_child()
    {
        using var m = new Mat(20, 20, MatType.CV_8UC1, new Scalar(0));
        Cv2.Rectangle(m, new Rect(3, 4, 10, 8), new Scalar(255), -1);
        Cv2.Rectangle(m, new Rect(6, 6, 3, 3), new Scalar(0), -1);
        Assert.Equal(80 - 9, Cv2.CountNonZero(m));
        Cv2.FindContours(m, out var contours, out var tree, RetrievalModes.CComp, ContourApproximationModes.ApproxSimple);
        Assert.Equal(2, contours.Length);
        var outer = Array.FindIndex(tree, t => t.Parent < 0);
        Assert.Equal(new HashSet<Point> { new(3, 4), new(3, 11), new(12, 11), new(12, 4) }, [.. contours[outer]]);
        Assert.Equal(1 - outer, tree[outer].Child);

        using var drawn = new Mat(20, 20, MatType.CV_8UC1, new Scalar(0));
        Cv2.DrawContours(drawn, contours, -1, new Scalar(255), -1, hierarchy: tree);
        Assert.InRange(Cv2.CountNonZero(drawn), 71, 80);
    }

    [Fact]
    public void Filled_polygons_lines_and_circles_land_where_they_should()
    {
        using var m = new Mat(20, 20, MatType.CV_8UC1, new Scalar(0));
        Cv2.FillPoly(m, [[new Point(2, 2), new Point(2, 5), new Point(5, 5), new Point(5, 2)]], new Scalar(255));
        Assert.Equal(16, Cv2.CountNonZero(m));
        Cv2.Line(m, 0, 19, 19, 19, new Scalar(9));
        Assert.Equal(36, Cv2.CountNonZero(m));
        Cv2.Circle(m, new Point(14, 10), 0, new Scalar(77), -1);
        Assert.Equal(77, m.Get<byte>(10, 14));
        Cv2.Polylines(m, [[new Point(0, 0), new Point(1, 0)]], false, new Scalar(3));
        Assert.Equal((3, 3), (m.Get<byte>(0, 0), m.Get<byte>(0, 1)));
    }

    [Fact]
    public void Text_fills_the_box_it_was_measured_for()
    {
        var box = Cv2.GetTextSize("IoU 0.71", HersheyFonts.HersheySimplex, 0.5, 1, out var below);
        Assert.True(box is { Width: > 40, Height: > 8 } && below > 0);
        using var m = new Mat(40, 200, MatType.CV_8UC1, new Scalar(0));
        Cv2.PutText(m, "IoU 0.71", new Point(10, 30), HersheyFonts.HersheySimplex, 0.5, new Scalar(255));
        using var inside = m[new Rect(9, 30 - box.Height - 1, box.Width + 2, box.Height + below + 2)];
        Assert.True(Cv2.CountNonZero(m) > 50);
        Assert.Equal(Cv2.CountNonZero(m), Cv2.CountNonZero(inside));
    }

    [Fact]
    public void The_extremes_are_found_with_their_places()
    {
        using var m = Grey(2, 5, 1, 9, 5);
        Cv2.MinMaxLoc(m, out var low, out var high, out var lowAt, out var highAt);
        Assert.Equal((1.0, 9.0, new Point(1, 0), new Point(0, 1)), (low, high, lowAt, highAt));
    }

    [Fact]
    public void The_mean_heeds_a_mask()
    {
        using var m = Grey(1, 10, 20, 60);
        using var mask = Grey(1, 1, 1, 0);
        Assert.Equal((30.0, 15.0), (Cv2.Mean(m).Val0, Cv2.Mean(m, mask).Val0));
    }

    [Fact]
    public void A_blur_keeps_the_sum_and_spreads_it()
    {
        using var m = new Mat(9, 9, MatType.CV_32FC1, new Scalar(0));
        m.Set(4, 4, 1f);
        using var soft = new Mat();
        Cv2.GaussianBlur(m, soft, new Size(3, 3), 0.8);
        Assert.Equal(1.0, Cv2.Sum(soft).Val0, 5);
        Assert.InRange(soft.Get<float>(4, 4), 0.2f, 0.3f);
    }

    [Fact]
    public void A_colour_map_turns_grey_into_colours()
    {
        using var m = Grey(1, 0, 255);
        using var jet = new Mat();
        Cv2.ApplyColorMap(m, jet, ColormapTypes.Jet);
        Assert.Equal((new Vec3b(128, 0, 0), new Vec3b(0, 0, 128)), (jet.Get<Vec3b>(0, 0), jet.Get<Vec3b>(0, 1)));
    }

    [Fact]
    public void Multiplying_scales_and_sums_up_in_floats()
    {
        using var a = Mat.FromPixelData(1, 2, MatType.CV_32FC1, new[] { 2f, 3f });
        using var product = new Mat();
        Cv2.Multiply(a, a, product, 0.5);
        product.GetArray(out float[] all);
        Assert.Equal([2f, 4.5f], all);
    }
}
