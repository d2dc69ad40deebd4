using System.Globalization;
using Avs.Core;
using Avs.Train.Training;

namespace Avs.Cli;

/// <summary>Shows a training run.</summary>
internal static class TrainingView
{
    /// <summary>The exit code of a run that --max-time stopped: that of timeout(1), for 0 is of runs that are done.</summary>
    public const int TimeIsUp = 124;

    /// <summary>
    /// Runs a training that can be stopped: the first Ctrl-C, SIGTERM or SIGHUP asks it to finish the step and save, the second ends the
    /// program.
    /// </summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="train">The run; returns whether it came to its end.</param>
    /// <param name="atMost">Time after which it is stopped as by a signal; null: no bound.</param>
    /// <param name="several">Whether several processes train together.</param>
    /// <returns>
    /// The program's exit code: 130 when Ctrl-C stopped it, 143 for SIGTERM and 129 for SIGHUP, as shells expect; <see cref="TimeIsUp"/>.
    /// </returns>
    public static int Run(
        Terminal terminal, Func<ITrainingListener, CancellationToken, bool> train, TimeSpan? atMost = null, bool several = false) =>
        ProgressView.Run(terminal, view =>
        {
            using var signals = new StopSignals(() => view.Write(several
                ? "asked to stop: this step is finished and saved if all processes are still there"
                : "finishing this step and saving; Ctrl-C again ends at once"));
            using var clock = new CancellationTokenSource(atMost ?? Timeout.InfiniteTimeSpan);
            using var told = clock.Token.Register(() => view.Write("the time of --max-time is used up: finishing this step and saving"));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Token, clock.Token);
            int Code() => signals.ExitCode != 0 ? signals.ExitCode : TimeIsUp;
            try
            {
                return train(new Listener(view), stop.Token) ? 0 : Code();
            }
            catch (OperationCanceledException e) when (stop.IsCancellationRequested)
            {
                throw new StoppedException("stopped before the training began; there was nothing to save", Code(), e);
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
                $"{step}  {line.SamplesPerSecond:0.0} {line.Unit}/s  {TimeText.Create(line.Left)} left");
        }
    }
}
