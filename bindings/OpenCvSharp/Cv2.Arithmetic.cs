namespace OpenCvSharp;

public static partial class Cv2
{
    public static void Add(InputArray src1, InputArray src2, OutputArray dst, InputArray? mask = null, int dtype = -1) =>
        Native.Check(Native.avs_add(In(src1), In(src2), Out(dst), MaskOf(mask), dtype));

    public static void Subtract(InputArray src1, InputArray src2, OutputArray dst, InputArray? mask = null, int dtype = -1) =>
        Native.Check(Native.avs_subtract(In(src1), In(src2), Out(dst), MaskOf(mask), dtype));

    public static void Multiply(InputArray src1, InputArray src2, OutputArray dst, double scale = 1, int dtype = -1) =>
        Native.Check(Native.avs_multiply(In(src1), In(src2), Out(dst), scale, dtype));

    public static void Divide(InputArray src1, InputArray src2, OutputArray dst, double scale = 1, int dtype = -1) =>
        Native.Check(Native.avs_divide(In(src1), In(src2), Out(dst), scale, dtype));

    public static void Absdiff(InputArray src1, InputArray src2, OutputArray dst) =>
        Native.Check(Native.avs_absdiff(In(src1), In(src2), Out(dst)));

    public static void AddWeighted(InputArray src1, double alpha, InputArray src2, double beta, double gamma, OutputArray dst, int dtype = -1) =>
        Native.Check(Native.avs_add_weighted(In(src1), alpha, In(src2), beta, gamma, Out(dst), dtype));

    public static void BitwiseOr(InputArray src1, InputArray src2, OutputArray dst, InputArray? mask = null) =>
        Native.Check(Native.avs_bitwise_or(In(src1), In(src2), Out(dst), MaskOf(mask)));

    public static void BitwiseAnd(InputArray src1, InputArray src2, OutputArray dst, InputArray? mask = null) =>
        Native.Check(Native.avs_bitwise_and(In(src1), In(src2), Out(dst), MaskOf(mask)));

    public static void BitwiseXor(InputArray src1, InputArray src2, OutputArray dst, InputArray? mask = null) =>
        Native.Check(Native.avs_bitwise_xor(In(src1), In(src2), Out(dst), MaskOf(mask)));

    public static void BitwiseNot(InputArray src, OutputArray dst, InputArray? mask = null) =>
        Native.Check(Native.avs_bitwise_not(In(src), Out(dst), MaskOf(mask)));

    public static void Compare(InputArray src1, InputArray src2, OutputArray dst, CmpType cmpop) =>
        Native.Check(Native.avs_compare(In(src1), In(src2), Out(dst), (int)cmpop));

    public static void InRange(InputArray src, InputArray lowerb, InputArray upperb, OutputArray dst) =>
        Native.Check(Native.avs_in_range(In(src), In(lowerb), In(upperb), Out(dst)));

    public static int CountNonZero(InputArray mtx)
    {
        Native.Check(Native.avs_count_non_zero(In(mtx), out var n));
        return n;
    }

    public static Scalar Mean(InputArray src, InputArray? mask = null)
    {
        Native.Check(Native.avs_mean(In(src), MaskOf(mask), out var mean));
        return mean;
    }

    public static Scalar Sum(InputArray src)
    {
        Native.Check(Native.avs_sum(In(src), out var sum));
        return sum;
    }

    public static double Norm(InputArray src1, NormTypes normType = NormTypes.L2)
    {
        Native.Check(Native.avs_norm(In(src1), NoMask, (int)normType, out var norm));
        return norm;
    }

    public static double Norm(InputArray src1, InputArray src2, NormTypes normType = NormTypes.L2)
    {
        Native.Check(Native.avs_norm(In(src1), In(src2), (int)normType, out var norm));
        return norm;
    }

    public static void MinMaxLoc(InputArray src, out double minVal, out double maxVal) =>
        MinMaxLoc(src, out minVal, out maxVal, out _, out _);

    public static void MinMaxLoc(InputArray src, out Point minLoc, out Point maxLoc) =>
        MinMaxLoc(src, out _, out _, out minLoc, out maxLoc);

    public static void MinMaxLoc(InputArray src, out double minVal, out double maxVal, out Point minLoc, out Point maxLoc, InputArray? mask = null) =>
        Native.Check(Native.avs_min_max_loc(In(src), out minVal, out maxVal, out minLoc, out maxLoc, MaskOf(mask)));

    public static Mat[] Split(Mat src)
    {
        Split(src, out var mv);
        return mv;
    }

    public static void Split(Mat src, out Mat[] mv)
    {
        ArgumentNullException.ThrowIfNull(src);
        mv = new Mat[src.Channels()];
        for (var i = 0; i < mv.Length; i++)
        {
            mv[i] = new Mat();
            ExtractChannel(src, mv[i], i);
        }
    }

    public static void ExtractChannel(InputArray src, OutputArray dst, int coi) =>
        Native.Check(Native.avs_extract_channel(In(src), Out(dst), coi));

    public static void Merge(Mat[] mv, Mat dst)
    {
        ArgumentNullException.ThrowIfNull(dst);
        WithPointers(mv, all => Native.avs_merge(all, all.Length, dst.Handle));
    }

    public static void HConcat(IEnumerable<Mat> src, OutputArray dst) =>
        WithPointers(src, all => Native.avs_concat(all, all.Length, 0, Out(dst)));

    public static void HConcat(InputArray src1, InputArray src2, OutputArray dst) => HConcat([src1.Mat, src2.Mat], dst);

    public static void VConcat(IEnumerable<Mat> src, OutputArray dst) =>
        WithPointers(src, all => Native.avs_concat(all, all.Length, 1, Out(dst)));

    public static void VConcat(InputArray src1, InputArray src2, OutputArray dst) => VConcat([src1.Mat, src2.Mat], dst);

    private static MatHandle In(InputArray a) => (a ?? throw new ArgumentNullException(nameof(a))).Mat.Handle;

    private static MatHandle Out(OutputArray a) => (a ?? throw new ArgumentNullException(nameof(a))).Mat.Handle;

    // Arrays of handles are not marshalled: hold each one while the call runs.
    private static void WithPointers(IEnumerable<Mat> mats, Func<nint[], int> call)
    {
        ArgumentNullException.ThrowIfNull(mats);
        var held = new List<MatHandle>();
        try
        {
            foreach (var mat in mats)
            {
                ArgumentNullException.ThrowIfNull(mat);
                var added = false;
                mat.Handle.DangerousAddRef(ref added);
                held.Add(mat.Handle);
            }
            Native.Check(call([.. held.Select(h => h.DangerousGetHandle())]));
        }
        finally
        {
            foreach (var handle in held) handle.DangerousRelease();
        }
    }
}
