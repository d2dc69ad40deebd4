namespace OpenCvSharp;

/// <summary>What an OpenCV function reads: a matrix, or one value for every element.</summary>
public sealed class InputArray
{
    internal InputArray(Mat mat) => Mat = mat ?? throw new ArgumentNullException(nameof(mat));

    internal Mat Mat { get; }

    public static InputArray Create(Mat mat) => new(mat);

    // A missing matrix stays missing, so that `mask: null` says "no mask".
    public static implicit operator InputArray(Mat mat) => mat is null ? null! : new InputArray(mat);
    public static implicit operator InputArray(double val) => new Scalar(val);
    public static implicit operator InputArray(Scalar val)
    {
        // OpenCV takes a column of four doubles for a value per channel.
        var mat = new Mat(4, 1, MatType.CV_64FC1);
        for (var i = 0; i < 4; i++) mat.Set(i, 0, val[i]);
        return new InputArray(mat);
    }
}

/// <summary>What an OpenCV function writes, allocating it anew if its size or type do not fit.</summary>
public class OutputArray
{
    internal OutputArray(Mat mat) => Mat = mat ?? throw new ArgumentNullException(nameof(mat));

    internal Mat Mat { get; }

    public static OutputArray Create(Mat mat) => new(mat);
    public static implicit operator OutputArray(Mat mat) => new(mat);
}

/// <summary>What an OpenCV function draws on.</summary>
public sealed class InputOutputArray : OutputArray
{
    private InputOutputArray(Mat mat) : base(mat) { }

    public static new InputOutputArray Create(Mat mat) => new(mat);
    public static implicit operator InputOutputArray(Mat mat) => new(mat);
}
