using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Avs.Core;

namespace Avs.Data.Media;

/// <summary>
/// An ffmpeg that decodes one track into a pipe. Its filter <see cref="PrintTimes"/> writes the time of each frame to the error stream,
/// among the decoder's messages; <see cref="Read"/> returns the frames' bytes.
/// </summary>
internal sealed partial class DecodedStream : IDisposable
{
    private const int MostMessages = 50;

    private readonly bool pictures;
    private readonly string failure;
    private readonly TimeSpan timeout;
    private readonly Process process;
    private readonly Stream output;
    private readonly Task errors;
    private readonly BlockingCollection<double?> times = [];
    private readonly List<string> messages = [];
    private readonly Timer timer;
    private volatile bool stalled;
    private bool ended;

    /// <param name="pictures">Whether it decodes pictures, else sound.</param>
    /// <param name="arguments">ffmpeg's arguments, without its log level.</param>
    /// <param name="failure">How the sentence about a failure begins.</param>
    /// <param name="timeout">A decoder that gives neither a frame nor a time for so long is stopped; null: a minute.</param>
    public DecodedStream(bool pictures, IEnumerable<string> arguments, string failure, TimeSpan? timeout = null)
    {
        (this.pictures, this.failure, this.timeout) = (pictures, failure, timeout ?? TimeSpan.FromMinutes(1));
        process = ExternalProgram.Start("ffmpeg", ["-nostdin", "-v", "error", "-y", .. arguments], Path.GetTempPath(), failure);
        output = new BufferedStream(process.StandardOutput.BaseStream, 1 << 16);
        timer = new Timer(_ => KillStalled());
        errors = Task.Factory.StartNew(ReadErrors, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The decoder's messages, without memory addresses; to be read when decoding has ended.</summary>
    public IReadOnlyList<string> Messages => messages;

    /// <summary>A filter that prints each frame's time, in microseconds for pictures.</summary>
    public static string PrintTimes(bool ofPictures) => ofPictures
        ? @"settb=1/1000000,metadata=add:key=avs_time:value=1,metadata=print:key=avs_time:file='pipe\:2':direct=1"
        : @"ametadata=add:key=avs_time:value=1,ametadata=print:key=avs_time:file='pipe\:2':direct=1";

    /// <summary>Fills a buffer; returns less than its length only at the end.</summary>
    /// <exception cref="DataException">The decoder hangs.</exception>
    public int Read(Span<byte> buffer)
    {
        var count = 0;
        while (count < buffer.Length)
        {
            StartTimeout();
            var read = output.Read(buffer[count..]);
            StopTimeout();
            if (read == 0)
                break;
            count += read;
        }

        return count;
    }

    /// <summary>Takes the time of the next picture; it is printed before the picture comes.</summary>
    /// <param name="seconds">When it is shown; null where unknown.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="DataException">The decoder hangs.</exception>
    public bool NextTime(out double? seconds)
    {
        StartTimeout();
        var more = times.TryTake(out seconds, Timeout.Infinite);
        StopTimeout();
        return more;
    }

    /// <summary>The time of the first frame; to be read when decoding has ended.</summary>
    public double? FirstTime { get; private set; }

    /// <summary>Waits for the end after everything was read.</summary>
    /// <exception cref="DataException">The decoder failed.</exception>
    public void Finish()
    {
        StartTimeout();
        process.WaitForExit();
        errors.Wait();
        StopTimeout();
        ended = true;
        ExternalProgram.ThrowIfFailed(process, "ffmpeg", string.Join('\n', messages), failure);
    }

    /// <summary>Stops the decoder if it still runs.</summary>
    public void Dispose()
    {
        timer.Dispose();
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

    private void StartTimeout() => timer.Change(timeout, Timeout.InfiniteTimeSpan);

    private void StopTimeout()
    {
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (stalled)
            throw new DataException($"{failure}: the decoder gave nothing for {timeout.TotalSeconds:0.#} s and was stopped");
    }

    // Ending it closes its pipes, so whoever waits for them continues.
    private void KillStalled()
    {
        stalled = true;
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
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
                // The last message often says why it ended.
                if (messages.Count == MostMessages)
                    messages.RemoveAt(MostMessages - 1);
                messages.Add(Address().Replace(line.Trim(), ""));
            }
        }

        times.CompleteAdding();
    }

    // The second number is in seconds but has only six digits: too few to compare pictures.
    private double? Seconds(Match match)
    {
        var text = match.Groups[pictures ? 1 : 2].Value;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var time))
            return null;
        return pictures ? time / 1e6 : time;
    }

    [GeneratedRegex(@"frame:\d+\s+pts:(\S+)\s+pts_time:(\S+)")]
    private static partial Regex Time();

    [GeneratedRegex(" @ 0x[0-9a-f]+")]
    private static partial Regex Address();
}
