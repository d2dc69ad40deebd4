using OpenCvSharp;

namespace Avs.Bindings.Tests.Media;

public class ImageFileTests : TempFolder
{
    // Two pixels by two, RGB (255,0,0) (0,255,0) / (0,0,255) (10,20,30), written by Pillow.
    private const string FourPixels =
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP4z8DA8J+BgYHhP5eIHAAaWAM6guCrUwAAAABJRU5ErkJggg==";

    private static Mat Noise(int rows, int cols, MatType type)
    {
        var bytes = new byte[rows * cols * type.Channels * (type.Depth == MatType.CV_16U ? 2 : 1)];
        new Random(3).NextBytes(bytes);
        using var view = Mat.FromPixelData(rows, cols, type, bytes);
        return view.Clone();
    }

    [Theory]
    [InlineData(1, ".png")]
    [InlineData(3, ".png")]
    [InlineData(4, ".png")]
    [InlineData(3, ".bmp")]
    public void A_lossless_file_gives_back_every_pixel(int channels, string extension)
    {
        using var m = Noise(37, 41, MatType.CV_8UC(channels));
        var file = PathTo("picture" + extension);
        Assert.True(Cv2.ImWrite(file, m));
        using var back = Cv2.ImRead(file, ImreadModes.Unchanged);
        Assert.Equal(m.Type(), back.Type());
        Assert.Equal(0, Cv2.Norm(m, back, NormTypes.INF));
    }

    [Fact]
    public void Sixteen_bits_survive_when_read_unchanged()
    {
        using var m = Noise(8, 9, MatType.CV_16UC1);
        using var back = Cv2.ImDecode(m.ToBytes(".png"), ImreadModes.Unchanged);
        Assert.Equal(MatType.CV_16UC1, back.Type());
        Assert.Equal(0, Cv2.Norm(m, back, NormTypes.INF));
    }

    [Fact]
    public void Another_program_s_png_is_read_with_its_colours()
    {
        using var m = Cv2.ImDecode(Convert.FromBase64String(FourPixels), ImreadModes.Color);
        Vec3b[] expected = [new(0, 0, 255), new(0, 255, 0), new(255, 0, 0), new(30, 20, 10)];
        m.GetArray(out Vec3b[] pixels);
        Assert.Equal(expected, pixels);
    }

    [Fact]
    public void Colours_come_in_the_order_blue_green_red()
    {
        using var red = new Mat(2, 2, MatType.CV_8UC3, Scalar.FromRgb(200, 100, 50));
        Assert.Equal(new Vec3b(50, 100, 200), red.Get<Vec3b>(0, 0));
        using var rgb = red.CvtColor(ColorConversionCodes.BGR2RGB);
        Assert.Equal(new Vec3b(200, 100, 50), rgb.Get<Vec3b>(1, 1));
    }

    [Fact]
    public void A_quality_setting_changes_the_size_of_a_jpeg()
    {
        using var m = Noise(64, 64, MatType.CV_8UC3);
        Cv2.ImEncode(".jpg", m, out var coarse, new ImageEncodingParam(ImwriteFlags.JpegQuality, 10));
        Cv2.ImEncode(".jpg", m, out var fine, new ImageEncodingParam(ImwriteFlags.JpegQuality, 95));
        Assert.True(coarse.Length * 2 < fine.Length, $"{coarse.Length} and {fine.Length} bytes");
    }

    [Fact]
    public void A_file_that_is_not_there_gives_an_empty_matrix()
    {
        using var m = Cv2.ImRead(PathTo("absent.png"));
        Assert.True(m.Empty());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(400)]
    public void A_truncated_png_gives_an_empty_matrix(int missing)
    {
        using var m = Noise(64, 64, MatType.CV_8UC3);
        var bytes = m.ToBytes(".png")[..^missing];
        using var decoded = Cv2.ImDecode(bytes, ImreadModes.Color);
        Assert.True(decoded.Empty());
        File.WriteAllBytes(PathTo("cut.png"), bytes);
        using var read = Cv2.ImRead(PathTo("cut.png"));
        Assert.True(read.Empty());
    }

    [Fact]
    public void Decoding_no_bytes_at_all_is_an_exception() => Assert.Throws<OpenCVException>(() => Cv2.ImDecode([], ImreadModes.Color));

    [Fact]
    public void A_name_with_spaces_and_letters_of_other_alphabets_is_a_file_like_any_other()
    {
        using var m = Noise(4, 4, MatType.CV_8UC3);
        Assert.True(m.ImWrite(PathTo("klänge и картины.png")));
        using var back = Cv2.ImRead(PathTo("klänge и картины.png"));
        Assert.Equal(0, Cv2.Norm(m, back, NormTypes.INF));
    }

    [Fact]
    public void An_unknown_extension_is_an_exception()
    {
        using var m = Noise(4, 4, MatType.CV_8UC3);
        Assert.Throws<OpenCVException>(() => Cv2.ImWrite(PathTo("picture.nothing"), m));
    }

    [Fact]
    public void A_video_written_is_read_back_frame_by_frame()
    {
        var file = PathTo("film.avi");
        using (var writer = new VideoWriter(file, FourCC.MJPG, 8, new Size(64, 48)))
        {
            Assert.True(writer.IsOpened());
            for (var i = 0; i < 5; i++)
            {
                using var frame = new Mat(48, 64, MatType.CV_8UC3, Scalar.All(40 * i));
                writer.Write(frame);
            }
        }
        using var video = new VideoCapture(file);
        Assert.True(video.IsOpened());
        Assert.Equal((5, 64, 48, 8.0), (video.FrameCount, video.FrameWidth, video.FrameHeight, video.Fps));
        using var read = new Mat();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(video.Read(read));
            Assert.InRange(Cv2.Mean(read).Val0, 40 * i - 3, 40 * i + 3);
        }
        Assert.False(video.Read(read));
    }

    [Fact]
    public void A_video_that_is_not_there_does_not_open()
    {
        using var video = new VideoCapture(PathTo("absent.avi"));
        Assert.False(video.IsOpened());
    }
}
