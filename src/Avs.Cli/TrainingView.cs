using System.Globalization;
using Avs.Train.Training;
using Spectre.Console;

namespace Avs.Cli;

/// <summary>Shows a training run: a bar that moves where a person watches, else a line every few seconds.</summary>
internal static class TrainingView
{
    /// <summary>Runs a training that can be stopped: the first Ctrl-C, SIGTERM or SIGHUP asks it to finish the step and save, the second ends the program.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="train">The run; says whether it came to its end.</param>
    /// <returns>The program's exit code: 130 when Ctrl-C stopped it, 143 for SIGTERM and 129 for SIGHUP, as shells expect.</returns>
    public static int Show(Terminal terminal, Func<ITrainingListener, CancellationToken, bool> train)
    {
        using var signals = new StopSignals(() => terminal.Error.WriteLine("finishing this step and saving; Ctrl-C again ends at once"));
        try
        {
            return Watched(terminal, listener => train(listener, signals.Token)) ? 0 : signals.ExitCode;
        }
        catch (OperationCanceledException e) when (signals.ExitCode != 0)
        {
            throw new StoppedException("stopped before the training began; nothing was to save", signals.ExitCode, e);
        }
    }

    private static bool Watched(Terminal terminal, Func<ITrainingListener, bool> train)
    {
        if (!terminal.Live)
            return train(new PlainLines(terminal.Error, TimeProvider.System));
        return terminal.Screen.Progress().AutoClear(true).HideCompleted(false)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => train(new Bar(context, terminal.Screen)));
    }

    private static string Text(TrainingLine line) => string.Create(CultureInfo.InvariantCulture,
        $"step {line.Step}/{line.Steps}  loss {line.Loss:0.000}  rate {line.LearningRate:0.0e+0}  {line.SamplesPerSecond:0.0} {line.Unit}/s  {line.Left:h\\:mm\\:ss} left");

    private sealed class Bar(ProgressContext context, IAnsiConsole screen) : ITrainingListener
    {
        private ProgressTask? bar;

        public void Stepped(TrainingLine line)
        {
            bar ??= context.AddTask("", maxValue: line.Steps);
            bar.Value = line.Step;
            bar.Description = Markup.Escape(Text(line));
        }

        public void Log(string sentence) => screen.MarkupLineInterpolated($"{sentence}");
    }

    private sealed class PlainLines(TextWriter output, TimeProvider clock) : ITrainingListener
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
        private long last;

        public void Stepped(TrainingLine line)
        {
            if (last != 0 && clock.GetElapsedTime(last) < Pause && line.Step < line.Steps)
                return;
            last = clock.GetTimestamp();
            output.WriteLine(Text(line));
        }

        public void Log(string sentence) => output.WriteLine(sentence);
    }
}
