using Avs.Core;
using Avs.Data.Media;
using Avs.Data.Prepare;
using OpenCvSharp;

namespace Avs.Data.Tests.Media;

public sealed class SecondFramesTests
{
    [Fact]
    public void Second_l_is_the_picture_number_floor_of_l_and_fifteen_sixteenths_times_the_rate()
    {
        // At 8 pictures a second: 0*8+7.5, 8+7.5, 16+7.5.
        Assert.Equal([7, 15, 23], Numbers(new Counting(8, 24), 0, 3));
        // At 25: 23.4, 48.4, 73.4, 98.4, 123.4.
        Assert.Equal([23, 48, 73, 98, 123], Numbers(new Counting(25, 125), 0, 5));
    }

    [Fact]
    public void A_rate_that_is_no_whole_number_is_rounded() => Assert.Equal([28, 58, 88], Numbers(new Counting(29.97, 90), 0, 3));

    [Fact]
    public void One_picture_a_second_is_taken_as_it_is() => Assert.Equal([0, 1, 2, 3, 4], Numbers(new Counting(1, 5), 0, 5));

    [Fact]
    public void Past_the_end_the_last_picture_stands_in()
    {
        using var frames = SecondFrames.Read(new Counting(8, 20), 0, 3);
        Assert.Equal([7, 15, 19], frames.Pictures.Select(Number));
        Assert.Equal(0.5, frames.Missing, 9);
        Assert.False(frames.ByTime);
    }

    [Fact]
    public void A_clip_may_begin_later_in_the_video() => Assert.Equal([2 * 8 + 7, 3 * 8 + 7], Numbers(new Counting(8, 80), 2, 2));

    [Fact]
    public void A_clip_that_begins_after_the_end_is_refused() =>
        Assert.Contains("ends before 7 s", Assert.Throws<DataException>(() => SecondFrames.Read(new Counting(8, 40), 7, 1)).Message);

    [Fact]
    public void Where_the_rate_varies_the_picture_shown_at_the_instant_is_taken()
    {
        // 20 pictures in the first second, then one each half second; the file states 10.
        double[] times = [.. Enumerable.Range(0, 20).Select(n => n / 20.0), 1.0, 1.5, 2.0, 2.5];
        using var frames = SecondFrames.Read(new Counting(10, times), 0, 3);
        Assert.True(frames.ByTime);
        Assert.Equal([18, 21, 23], frames.Pictures.Select(Number)); // shown from 0.90, 1.5 and 2.5 s
    }

    [Fact]
    public void Frames_are_squeezed_to_224_pixels_whatever_their_shape()
    {
        using var frames = SecondFrames.Read(new Counting(4, 4), 0, 1);
        Assert.Equal(new Size(224, 224), Assert.Single(frames.Pictures).Size());
    }

    private static IEnumerable<int> Numbers(IPictureTrack track, double start, int count)
    {
        using var frames = SecondFrames.Read(track, start, count);
        return [.. frames.Pictures.Select(Number)];
    }

    private static int Number(Mat picture) => picture.At<Vec3b>(0, 0).Item0;

    /// <summary>Plain pictures whose blue is their number.</summary>
    private sealed class Counting(double rate, double[] times) : IPictureTrack
    {
        public Counting(double rate, int count) : this(rate, [.. Enumerable.Range(0, count).Select(n => n / rate)]) { }

        public string Path => "counting";

        public double FrameRate => rate;

        public double StatedSeconds => times.Length / rate;

        public IEnumerable<TimedPicture> Pictures()
        {
            for (var n = 0; n < times.Length; n++)
            {
                using var picture = new Mat(30, 50, MatType.CV_8UC3, new Scalar(n, 0, 0));
                yield return new TimedPicture(times[n], picture);
            }
        }
    }
}
