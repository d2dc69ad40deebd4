namespace OpenCvSharp;

public static partial class Cv2
{
    public static void Resize(InputArray src, OutputArray dst, Size dsize, double fx = 0, double fy = 0,
        InterpolationFlags interpolation = InterpolationFlags.Linear) =>
        Native.Check(Native.avs_resize(In(src), Out(dst), dsize.Width, dsize.Height, fx, fy, (int)interpolation));

    public static void CvtColor(InputArray src, OutputArray dst, ColorConversionCodes code, int dstCn = 0) =>
        Native.Check(Native.avs_cvt_color(In(src), Out(dst), (int)code, dstCn));

    public static void Flip(InputArray src, OutputArray dst, FlipMode flipCode) =>
        Native.Check(Native.avs_flip(In(src), Out(dst), (int)flipCode));

    public static void Rotate(InputArray src, OutputArray dst, RotateFlags rotateCode) =>
        Native.Check(Native.avs_rotate(In(src), Out(dst), (int)rotateCode));

    public static void WarpAffine(InputArray src, OutputArray dst, InputArray m, Size dsize, InterpolationFlags flags = InterpolationFlags.Linear,
        BorderTypes borderMode = BorderTypes.Constant, Scalar? borderValue = null) =>
        Native.Check(Native.avs_warp_affine(In(src), Out(dst), In(m), dsize.Width, dsize.Height, (int)flags, (int)borderMode, borderValue ?? default));

    /// <summary>The 2x3 matrix of a rotation by <paramref name="angle"/> degrees, counter-clockwise, and a scale about a point.</summary>
    public static Mat GetRotationMatrix2D(Point2f center, double angle, double scale)
    {
        Native.Check(Native.avs_rotation_matrix(center.X, center.Y, angle, scale, out var matrix));
        return new Mat(matrix);
    }

    public static void GaussianBlur(InputArray src, OutputArray dst, Size ksize, double sigmaX, double sigmaY = 0,
        BorderTypes borderType = BorderTypes.Default) =>
        Native.Check(Native.avs_gaussian_blur(In(src), Out(dst), ksize.Width, ksize.Height, sigmaX, sigmaY, (int)borderType));

    /// <summary>Returns the threshold used (Otsu and Triangle choose it).</summary>
    public static double Threshold(InputArray src, OutputArray dst, double thresh, double maxval, ThresholdTypes type)
    {
        Native.Check(Native.avs_threshold(In(src), Out(dst), thresh, maxval, (int)type, out var used));
        return used;
    }

    public static void ApplyColorMap(InputArray src, OutputArray dst, ColormapTypes colormap) =>
        Native.Check(Native.avs_apply_color_map(In(src), Out(dst), (int)colormap));

    public static void CopyMakeBorder(InputArray src, OutputArray dst, int top, int bottom, int left, int right, BorderTypes borderType,
        Scalar? value = null) =>
        Native.Check(Native.avs_copy_make_border(In(src), Out(dst), top, bottom, left, right, (int)borderType, value ?? default));

    public static Mat GetStructuringElement(MorphShapes shape, Size ksize) => GetStructuringElement(shape, ksize, new Point(-1, -1));

    public static Mat GetStructuringElement(MorphShapes shape, Size ksize, Point anchor)
    {
        Native.Check(Native.avs_structuring_element((int)shape, ksize.Width, ksize.Height, anchor.X, anchor.Y, out var element));
        return new Mat(element);
    }

    public static void Dilate(InputArray src, OutputArray dst, InputArray? element, Point? anchor = null, int iterations = 1) =>
        MorphologyEx(src, dst, MorphTypes.Dilate, element, anchor, iterations);

    public static void Erode(InputArray src, OutputArray dst, InputArray? element, Point? anchor = null, int iterations = 1) =>
        MorphologyEx(src, dst, MorphTypes.Erode, element, anchor, iterations);

    public static void MorphologyEx(InputArray src, OutputArray dst, MorphTypes op, InputArray? element, Point? anchor = null, int iterations = 1)
    {
        if (anchor is { } p && p != new Point(-1, -1)) throw new NotSupportedException("Only the centre of the element can be its anchor");
        Native.Check(Native.avs_morphology(In(src), Out(dst), (int)op, MaskOf(element), iterations));
    }
}
