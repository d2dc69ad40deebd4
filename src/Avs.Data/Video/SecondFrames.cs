using OpenCvSharp;

namespace Avs.Data.Video;

/// <summary>The frames that stand for the seconds of a clip.</summary>
/// <param name="Pictures">One 224x224 picture a second, BGR, to be disposed of.</param>
/// <param name="Missing">Seconds that the video lacks at its end; its last picture stands for them.</param>
/// <param name="ByTime">Whether the pictures were chosen by their time stamps, because counting them would have led elsewhere.</param>
internal sealed record SecondFrames(IReadOnlyList<Mat> Pictures, double Missing, bool ByTime) : IDisposable
{
    // The frame of second l is the one at l + 15/16 seconds.
    private const double Instant = 15.0 / 16;

    /// <summary>
    /// Takes a clip's frames out of a video: every picture is resized to 224x224 (bilinear, the aspect ratio is not kept), then for second l
    /// the picture number floor(l * fps + 15/16 * fps) is taken, fps being the rounded frame rate. Where that picture is not shown about then
    /// (the rate varies, or is stated wrongly), the one shown at l + 15/16 seconds is taken. Past the end the last picture stands in.
    /// </summary>
    /// <param name="track">The video.</param>
    /// <param name="start">Where the clip begins in it, in seconds.</param>
    /// <param name="count">Seconds of the clip, T.</param>
    /// <exception cref="DataException">There is no picture after the start.</exception>
    public static SecondFrames Read(IPictureTrack track, double start, int count)
    {
        var rate = Math.Max(1, Math.Round(track.FrameRate));
        var size = new Size(AvsBench.OfficialSize, AvsBench.OfficialSize);
        var counted = new (Mat? Picture, double Seconds)[count];
        var timed = new Mat?[count];
        Mat? last = null;
        var (number, nextCounted, nextTimed, lastSeconds) = (0, 0, 0, start);
        foreach (var (seconds, picture) in track.Pictures())
        {
            // A start between two pictures belongs to the nearer one.
            if (seconds < start - 0.5 / track.FrameRate)
                continue;
            if (nextCounted == count && nextTimed == count)
                break;
            for (; nextTimed < count && seconds > start + nextTimed + Instant + 1e-6; nextTimed++)
                timed[nextTimed] = last;
            var resized = new Mat();
            Cv2.Resize(picture, resized, size); // [H, W, 3] -> [224, 224, 3]
            for (; nextCounted < count && number == Math.Floor(nextCounted * rate + Instant * rate); nextCounted++)
                counted[nextCounted] = (resized, seconds);
            Release(last, counted, timed);
            (last, lastSeconds) = (resized, seconds);
            number++;
        }

        if (last is null)
            throw new DataException($"{track.Path} ends before {start:0.###} s, where the clip begins");
        for (; nextCounted < count; nextCounted++)
            counted[nextCounted] = (last, lastSeconds);
        for (; nextTimed < count; nextTimed++)
            timed[nextTimed] = last;

        var missing = Math.Max(0, start + count - (lastSeconds + 1 / track.FrameRate));
        var end = lastSeconds - start;
        var byTime = false;
        for (var l = 0; l < count; l++)
            byTime |= Math.Abs(counted[l].Seconds - start - Math.Min(l + Instant, end)) > 1.5 / track.FrameRate;
        // The first picture may come later than the first instant: then it is the nearest there is.
        var chosen = Enumerable.Range(0, count).Select(l => (byTime ? timed[l] : counted[l].Picture) ?? counted[l].Picture!).ToArray();
        var pictures = chosen.Select(picture => picture.Clone()).ToArray();
        foreach (var picture in counted.Select(pick => pick.Picture).Concat(timed).Append(last))
            picture?.Dispose();
        return new SecondFrames(pictures, missing, byTime);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var picture in Pictures)
            picture.Dispose();
    }

    private static void Release(Mat? picture, (Mat? Picture, double Seconds)[] counted, Mat?[] timed)
    {
        if (picture is not null && !timed.Contains(picture) && !counted.Any(pick => ReferenceEquals(pick.Picture, picture)))
            picture.Dispose();
    }
}
