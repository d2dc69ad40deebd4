using System.Globalization;
using Avs.Train.Training;

namespace Avs.Cli;

/// <summary>Shows a training run.</summary>
internal static class TrainingView
{
    /// <summary>
    /// Runs a training that can be stopped: the first Ctrl-C, SIGTERM or SIGHUP asks it to finish the step and save, the second ends the
    /// program.
    /// </summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="train">The run; returns whether it came to its end.</param>
    /// <param name="several">Whether several processes train together.</param>
    /// <returns>The program's exit code: 130 when Ctrl-C stopped it, 143 for SIGTERM and 129 for SIGHUP, as shells expect.</returns>
    public static int Run(Terminal terminal, Func<ITrainingListener, CancellationToken, bool> train, bool several = false) => ProgressView.Run(terminal, view =>
    {
        using var signals = new StopSignals(() => view.Write(several
            ? "asked to stop: this step is finished and saved if all processes are still there"
            : "finishing this step and saving; Ctrl-C again ends at once"));
        try
        {
            return train(new Listener(view), signals.Token) ? 0 : signals.ExitCode;
        }
        catch (OperationCanceledException e) when (signals.ExitCode != 0)
        {
            throw new StoppedException("stopped before the training began; there was nothing to save", signals.ExitCode, e);
        }
    });

    private sealed class Listener(ProgressView view) : ITrainingListener
    {
        private readonly ShowProgress show = view.Begin(showFirst: true);

        public void Stepped(TrainingLine line) => show(line.Step, line.Steps, () => Text(line));

        public void Log(string sentence) => view.Write(sentence);

        private static string Text(TrainingLine line)
        {
            var step = string.Create(CultureInfo.InvariantCulture,
                $"step {line.Step}/{line.Steps}  loss {line.Loss:0.000}  rate {line.LearningRate:0.0e+0}");
            return string.Create(CultureInfo.InvariantCulture,
                $"{step}  {line.SamplesPerSecond:0.0} {line.Unit}/s  {line.Left:h\\:mm\\:ss} left");
        }
    }
}
