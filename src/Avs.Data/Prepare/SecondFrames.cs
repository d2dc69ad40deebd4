using System.Globalization;
using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Media;
using OpenCvSharp;

namespace Avs.Data.Prepare;

/// <summary>The frames that stand for the seconds of a clip.</summary>
/// <param name="Pictures">One 224x224 picture a second, BGR.</param>
/// <param name="Missing">Seconds missing at the video's end; its last picture is repeated for them.</param>
/// <param name="Late">Seconds missing at its start; its first picture is repeated for them.</param>
/// <param name="ByTime">Whether the pictures were chosen by their time stamps, because counting them would have given others.</param>
internal sealed record SecondFrames(IReadOnlyList<Mat> Pictures, double Missing, double Late, bool ByTime) : IDisposable
{
    // The frame of second l is the one at l + 15/16 seconds.
    private const double Instant = 15.0 / 16;

    /// <summary>
    /// Takes a clip's frames out of a video: every picture is resized to 224x224 (bilinear, the aspect ratio is not kept), then for second
    /// l the picture number floor(l * fps + 15/16 * fps) is taken, fps being the rounded frame rate. Where that picture is not shown near
    /// that time (the pictures begin late, the rate varies, or is stated wrongly), the one shown at l + 15/16 seconds is taken. Past the
    /// end the last picture is taken, before the beginning the first.
    /// </summary>
    /// <param name="start">Where the clip begins in it, in seconds.</param>
    /// <param name="count">Seconds of the clip, T.</param>
    /// <exception cref="DataException">There is no picture in the clip.</exception>
    public static SecondFrames Read(IPictureTrack track, double start, int count)
    {
        var rate = Math.Max(1, Math.Round(track.FrameRate));
        var size = new Size(AvsBenchDataset.OfficialSize, AvsBenchDataset.OfficialSize);
        var counted = new (Mat? Picture, double Seconds)[count];
        var timed = new Mat?[count];
        // The picture shown when the clip begins, the clip's first, and its latest so far.
        Mat? shown = null, first = null, last = null;
        var (number, nextCounted, nextTimed, firstSeconds, lastSeconds) = (0, 0, 0, start, start);
        foreach (var (seconds, picture) in track.PicturesFrom(start))
        {
            if (nextCounted == count && nextTimed == count)
                break;
            for (; nextTimed < count && seconds > start + nextTimed + Instant + 1e-6; nextTimed++)
                timed[nextTimed] = last ?? shown;
            var resized = new Mat();
            Cv2.Resize(picture, resized, size); // [H, W, 3] -> [224, 224, 3]
            // A start between two pictures means the nearer one.
            if (seconds < start - 0.5 / track.FrameRate)
            {
                shown?.Dispose();
                shown = resized;
                continue;
            }

            for (; nextCounted < count && number == Math.Floor(nextCounted * rate + Instant * rate); nextCounted++)
                counted[nextCounted] = (resized, seconds);
            if (last != first && !timed.Contains(last) && !counted.Any(pick => pick.Picture == last))
                last?.Dispose();
            if (first is null)
                (first, firstSeconds) = (resized, seconds);
            (last, lastSeconds) = (resized, seconds);
            number++;
        }

        try
        {
            if (first is null || last is null)
                throw new DataException(string.Create(CultureInfo.InvariantCulture,
                    $"{track.Path} ends before {start:0.###} s, where the clip begins"));
            if (shown is null && firstSeconds > start + count - 1 + Instant + 1e-6)
                throw new DataException(string.Create(CultureInfo.InvariantCulture,
                    $"the pictures of {track.Path} begin at {firstSeconds:0.00} s, where the clip has ended"));
            for (; nextCounted < count; nextCounted++)
                counted[nextCounted] = (last, lastSeconds);
            for (; nextTimed < count; nextTimed++)
                timed[nextTimed] = last;

            var missing = Math.Max(0, start + count - (lastSeconds + 1 / track.FrameRate));
            var late = shown is null ? Math.Max(0, firstSeconds - start) : 0;
            var (tolerance, end) = (1.5 / track.FrameRate, lastSeconds - start);
            var byTime = late > tolerance;
            for (var l = 0; l < count; l++)
                byTime |= Math.Abs(counted[l].Seconds - start - Math.Min(l + Instant, end)) > tolerance;
            var chosen = byTime ? timed.Select(picture => picture ?? first) : counted.Select(pick => pick.Picture!);
            return new SecondFrames([.. chosen.Select(picture => picture.Clone())], missing, late, byTime);
        }
        finally
        {
            foreach (var picture in counted.Select(pick => pick.Picture).Concat(timed).Concat([shown, first, last]))
                picture?.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var picture in Pictures)
            picture.Dispose();
    }
}
