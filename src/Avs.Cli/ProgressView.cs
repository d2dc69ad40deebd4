using System.Diagnostics;
using System.Globalization;
using Avs.Core;
using Spectre.Console;

namespace Avs.Cli;

/// <summary>Shows a bar's state.</summary>
/// <param name="done">What is done.</param>
/// <param name="all">What there is.</param>
/// <param name="text">The words beside the bar; only asked for when they are shown.</param>
internal delegate void ShowProgress(long done, long all, Func<string> text);

/// <summary>
/// Shows how far work is: bars that move where a person watches, else a line every few seconds. Safe to use from several threads.
/// </summary>
internal abstract class ProgressView
{
    /// <summary>Runs work and shows its progress meanwhile.</summary>
    public static T Run<T>(Terminal terminal, Func<ProgressView, T> work) => terminal.Live
        ? terminal.Screen.Progress()
            .AutoClear(true)
            .HideCompleted(false)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => work(new Bars(context, terminal.Screen)))
        : work(new Lines(terminal.Error, TimeProvider.System));

    /// <summary>Runs work and shows its progress meanwhile.</summary>
    public static void Run(Terminal terminal, Action<ProgressView> work) => Run<object?>(terminal, view =>
    {
        work(view);
        return null;
    });

    /// <summary>Writes a sentence on a line of its own.</summary>
    public abstract void Write(string sentence);

    /// <summary>Begins a bar.</summary>
    /// <param name="showFirst">Whether its first state is worth a line at once.</param>
    public abstract ShowProgress Begin(bool showFirst);

    /// <summary>Begins a bar for things that are counted, such as clips: how many are done, how many a second, the time left.</summary>
    public Action<int, int> Count(string unit)
    {
        var begun = Stopwatch.StartNew();
        var show = Begin(showFirst: false);
        return (done, all) => show(done, all, () =>
        {
            var rate = done / Math.Max(1e-3, begun.Elapsed.TotalSeconds);
            var left = TimeSpan.FromSeconds((all - done) / Math.Max(1e-9, rate));
            return string.Create(CultureInfo.InvariantCulture, $"{done}/{all} {unit}  {rate:0.0} {unit}/s  {TimeText.Create(left)} left");
        });
    }

    private sealed class Bars(ProgressContext context, IAnsiConsole screen) : ProgressView
    {
        public override void Write(string sentence) => screen.WriteLine(sentence);

        public override ShowProgress Begin(bool showFirst)
        {
            var gate = new Lock();
            ProgressTask? bar = null; // not shown before there is something to show
            return (done, all, text) =>
            {
                lock (gate)
                {
                    var description = Markup.Escape(text());
                    bar ??= context.AddTask(description, maxValue: Math.Max(1, all));
                    (bar.MaxValue, bar.Value, bar.Description) = (Math.Max(1, all), done, description);
                }
            };
        }
    }

    private sealed class Lines(TextWriter output, TimeProvider clock) : ProgressView
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

        public override void Write(string sentence) => output.WriteLine(sentence);

        public override ShowProgress Begin(bool showFirst)
        {
            var gate = new Lock();
            long? last = showFirst ? null : clock.GetTimestamp();
            return (done, all, text) =>
            {
                lock (gate)
                {
                    if (last is { } shown && done < all && clock.GetElapsedTime(shown) < Pause)
                        return;
                    last = clock.GetTimestamp();
                    output.WriteLine(text());
                }
            };
        }
    }
}
