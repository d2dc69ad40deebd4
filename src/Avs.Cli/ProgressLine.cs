using System.Diagnostics;
using System.Globalization;

namespace Avs.Cli;

/// <summary>Shows how far a piece of work is: one line that is redrawn where a person watches, else a line every few seconds.</summary>
internal static class ProgressLine
{
    private static readonly TimeSpan LivePause = TimeSpan.FromMilliseconds(200), PlainPause = TimeSpan.FromSeconds(5);

    /// <summary>Takes what is done and how much there is; safe to call from several threads.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="unit">What is counted.</param>
    public static Action<int, int> Of(Terminal terminal, string unit)
    {
        var begun = Stopwatch.StartNew();
        var last = TimeSpan.Zero;
        var gate = new Lock();
        return (done, all) =>
        {
            lock (gate)
            {
                var now = begun.Elapsed;
                var end = done == all;
                if (!end && now - last < (terminal.Live ? LivePause : PlainPause))
                    return;
                last = now;
                var rate = done / Math.Max(1e-3, now.TotalSeconds);
                var left = TimeSpan.FromSeconds((all - done) / Math.Max(1e-9, rate));
                var text = string.Create(CultureInfo.InvariantCulture, $"{done}/{all} {unit}  {rate:0.0} {unit}/s  {left:h\\:mm\\:ss} left");
                if (!terminal.Live)
                    terminal.Error.WriteLine(text);
                else
                    terminal.Error.Write(end ? $"\r{new string(' ', text.Length)}\r" : $"\r{text}");
            }
        };
    }
}
