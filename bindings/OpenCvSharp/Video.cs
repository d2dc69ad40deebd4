namespace OpenCvSharp;

/// <summary>Four letters that name a video codec.</summary>
public readonly record struct FourCC(int Value)
{
    public static readonly int MJPG = FromString("MJPG");
    public static readonly int XVID = FromString("XVID");
    public static readonly int MP4V = FromString("MP4V");

    public static FourCC FromFourChars(char c1, char c2, char c3, char c4) =>
        new((c1 & 255) | ((c2 & 255) << 8) | ((c3 & 255) << 16) | ((c4 & 255) << 24));

    public static FourCC FromString(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return code.Length == 4 ? FromFourChars(code[0], code[1], code[2], code[3]) : throw new ArgumentException("code.Length != 4", nameof(code));
    }

    public static FourCC FromInt32(int code) => new(code);
    public static implicit operator int(FourCC fourcc) => fourcc.Value;
    public static implicit operator FourCC(int code) => new(code);

    public override string ToString() => new([(char)(Value & 255), (char)((Value >> 8) & 255), (char)((Value >> 16) & 255), (char)((Value >> 24) & 255)]);
}

/// <summary>Reads the frames of a video file.</summary>
public class VideoCapture : IDisposable
{
    private readonly CaptureHandle handle;

    public VideoCapture()
    {
        Native.Check(Native.avs_capture_new(out handle));
    }

    public VideoCapture(string fileName, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY) : this() => Open(fileName, apiPreference);

    public int FrameCount => (int)Get(VideoCaptureProperties.FrameCount);
    public int FrameWidth => (int)Get(VideoCaptureProperties.FrameWidth);
    public int FrameHeight => (int)Get(VideoCaptureProperties.FrameHeight);
    public double Fps => Get(VideoCaptureProperties.Fps);
    public int PosMsec => (int)Get(VideoCaptureProperties.PosMsec);

    public int PosFrames
    {
        get => (int)Get(VideoCaptureProperties.PosFrames);
        set => Set(VideoCaptureProperties.PosFrames, value);
    }

    public bool Open(string fileName, VideoCaptureAPIs apiPreference = VideoCaptureAPIs.ANY)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        Native.Check(Native.avs_capture_open(handle, fileName, (int)apiPreference, out var opened));
        return opened != 0;
    }

    public bool IsOpened()
    {
        Native.Check(Native.avs_capture_is_opened(handle, out var opened));
        return opened != 0;
    }

    /// <summary>The next frame, BGR; false, and an empty frame, at the end.</summary>
    public bool Read(OutputArray frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return Read(frame.Mat);
    }

    public bool Read(Mat frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        Native.Check(Native.avs_capture_read(handle, frame.Handle, out var got));
        return got != 0;
    }

    public double Get(VideoCaptureProperties propertyId)
    {
        Native.Check(Native.avs_capture_get(handle, (int)propertyId, out var value));
        return value;
    }

    public bool Set(VideoCaptureProperties propertyId, double value)
    {
        Native.Check(Native.avs_capture_set(handle, (int)propertyId, value, out var accepted));
        return accepted != 0;
    }

    public void Release() => Native.Check(Native.avs_capture_release(handle));

    public void Dispose()
    {
        handle.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Writes a video file frame by frame.</summary>
public class VideoWriter : IDisposable
{
    private readonly WriterHandle handle;

    public VideoWriter()
    {
        Native.Check(Native.avs_writer_new(out handle));
    }

    public VideoWriter(string fileName, FourCC fourcc, double fps, Size frameSize, bool isColor = true)
        : this(fileName, VideoCaptureAPIs.ANY, fourcc, fps, frameSize, isColor) { }

    public VideoWriter(string fileName, VideoCaptureAPIs apiPreference, FourCC fourcc, double fps, Size frameSize, bool isColor = true) : this() =>
        Open(fileName, apiPreference, fourcc, fps, frameSize, isColor);

    public static int FourCC(char c1, char c2, char c3, char c4) => OpenCvSharp.FourCC.FromFourChars(c1, c2, c3, c4);

    public static int FourCC(string code) => OpenCvSharp.FourCC.FromString(code);

    public bool Open(string fileName, FourCC fourcc, double fps, Size frameSize, bool isColor = true) =>
        Open(fileName, VideoCaptureAPIs.ANY, fourcc, fps, frameSize, isColor);

    public bool Open(string fileName, VideoCaptureAPIs apiPreference, FourCC fourcc, double fps, Size frameSize, bool isColor = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        Native.Check(Native.avs_writer_open(handle, fileName, (int)apiPreference, fourcc, fps, frameSize.Width, frameSize.Height, isColor ? 1 : 0, out var opened));
        return opened != 0;
    }

    public bool IsOpened()
    {
        Native.Check(Native.avs_writer_is_opened(handle, out var opened));
        return opened != 0;
    }

    public void Write(InputArray image)
    {
        ArgumentNullException.ThrowIfNull(image);
        Native.Check(Native.avs_writer_write(handle, image.Mat.Handle));
    }

    public void Release() => Native.Check(Native.avs_writer_release(handle));

    public void Dispose()
    {
        handle.Dispose();
        GC.SuppressFinalize(this);
    }
}
