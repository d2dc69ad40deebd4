using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Core;

namespace Avs.Data.Media;

/// <summary>
/// An ffmpeg that decodes one track into a pipe. Its filter <see cref="TellTimes"/> writes when each frame is shown to the error stream, among
/// the decoder's remarks; the frames' bytes come out of <see cref="Read"/>.
/// </summary>
internal sealed partial class DecodedStream : IDisposable
{
    private const int MostRemarks = 50;

    private readonly bool pictures;
    private readonly string failure;
    private readonly TimeSpan patience;
    private readonly Process process;
    private readonly Stream output;
    private readonly Task errors;
    private readonly BlockingCollection<double?> times = [];
    private readonly List<string> remarks = [];
    private readonly Timer watch;
    private volatile bool stalled;
    private bool ended;

    /// <summary>Starts it.</summary>
    /// <param name="pictures">Whether it decodes pictures, else sound.</param>
    /// <param name="arguments">All of ffmpeg's arguments but how much it says.</param>
    /// <param name="failure">How the sentence about a failure begins.</param>
    /// <param name="patience">A decoder that gives neither a frame nor a time for so long hangs, and is stopped; null: a minute.</param>
    public DecodedStream(bool pictures, IEnumerable<string> arguments, string failure, TimeSpan? patience = null)
    {
        (this.pictures, this.failure, this.patience) = (pictures, failure, patience ?? TimeSpan.FromMinutes(1));
        process = ExternalProgram.Start("ffmpeg", ["-nostdin", "-v", "error", "-y", .. arguments], Path.GetTempPath(), failure);
        output = new BufferedStream(process.StandardOutput.BaseStream, 1 << 16);
        watch = new Timer(_ => Stall());
        errors = Task.Factory.StartNew(ReadErrors, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What the decoder had to say, without the addresses of its parts; to be asked for when it is done with.</summary>
    public IReadOnlyList<string> Remarks => remarks;

    /// <summary>A filter that tells each frame's time, in millionths of a second for pictures.</summary>
    public static string TellTimes(bool ofPictures) => ofPictures
        ? @"settb=1/1000000,metadata=add:key=avs_time:value=1,metadata=print:key=avs_time:file='pipe\:2':direct=1"
        : @"ametadata=add:key=avs_time:value=1,ametadata=print:key=avs_time:file='pipe\:2':direct=1";

    /// <summary>Fills a buffer; less comes only at the end.</summary>
    /// <exception cref="DataException">The decoder hangs.</exception>
    public int Read(Span<byte> buffer)
    {
        var count = 0;
        while (count < buffer.Length)
        {
            Expect();
            var read = output.Read(buffer[count..]);
            Rest();
            if (read == 0)
                break;
            count += read;
        }

        return count;
    }

    /// <summary>Takes the time of the next picture in order; it is told before the picture comes.</summary>
    /// <param name="seconds">When it is shown; null where that is not known.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="DataException">The decoder hangs.</exception>
    public bool NextTime(out double? seconds)
    {
        Expect();
        var more = times.TryTake(out seconds, Timeout.Infinite);
        Rest();
        return more;
    }

    /// <summary>The time of the first frame; to be asked for when the decoder is done with.</summary>
    public double? FirstTime { get; private set; }

    /// <summary>Waits for the end after all was read.</summary>
    /// <exception cref="DataException">The decoder failed.</exception>
    public void Finish()
    {
        Expect();
        process.WaitForExit();
        errors.Wait();
        Rest();
        ended = true;
        ExternalProgram.ThrowIfFailed(process, "ffmpeg", string.Join('\n', remarks), failure);
    }

    /// <summary>Stops it where it is not done.</summary>
    public void Dispose()
    {
        watch.Dispose();
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            errors.Wait();
            ended = true;
        }

        process.Dispose();
        times.Dispose();
    }

    private void Expect() => watch.Change(patience, Timeout.InfiniteTimeSpan);

    private void Rest()
    {
        watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (stalled)
            throw new DataException($"{failure}: the decoder gave nothing for {patience.TotalSeconds:0.#} s and was stopped");
    }

    // Its pipes end with it, and whoever waits for them goes on.
    private void Stall()
    {
        stalled = true;
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }

    private void ReadErrors()
    {
        while (process.StandardError.ReadLine() is { } line)
        {
            if (Time().Match(line) is { Success: true } match)
            {
                var time = Seconds(match);
                FirstTime ??= time;
                if (pictures)
                    times.Add(time);
            }
            else if (line.Length > 0 && !line.EndsWith("avs_time=1", StringComparison.Ordinal))
            {
                // The last one often says why it ended.
                if (remarks.Count == MostRemarks)
                    remarks.RemoveAt(MostRemarks - 1);
                remarks.Add(Address().Replace(line.Trim(), ""));
            }
        }

        times.CompleteAdding();
    }

    // The second figure is in seconds but has six digits only: too few to compare pictures by.
    private double? Seconds(Match match) =>
        !double.TryParse(match.Groups[pictures ? 1 : 2].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var time) ? null : pictures ? time / 1e6 : time;

    [GeneratedRegex(@"frame:\d+\s+pts:(\S+)\s+pts_time:(\S+)")]
    private static partial Regex Time();

    [GeneratedRegex(" @ 0x[0-9a-f]+")]
    private static partial Regex Address();
}
