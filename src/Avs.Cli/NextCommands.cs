using Avs.Core;
using Avs.Train.Runs;

namespace Avs.Cli;

/// <summary>What can be done with a run that is finished: lines to copy.</summary>
internal static class NextCommands
{
    /// <summary>Prints them; of a run that has nothing to measure, none.</summary>
    public static void Print(Terminal terminal, RunFolder run)
    {
        if (!File.Exists(run.BestPath))
            return;
        terminal.Out.WriteLine("next:");
        foreach (var (purpose, words) in ForTask(RunSummary.Read(run.SummaryPath).Task, run.FullPath))
            terminal.Out.WriteLine($"  {purpose + ":",-28} {ShellCommand.ForProgram(words)}");
    }

    private static IEnumerable<(string Purpose, IEnumerable<string> Words)> ForTask(string task, string run) => task switch
    {
        EvalOptions.Segmentation =>
        [
            ("measure it", ["eval", run]),
            ("does it need the sound", ["eval", run, "--audio", "muted"]),
            ("a page with its clips", ["report", run]),
            ("masks of a video of yours", ["predict", run, "VIDEO"]),
        ],
        EvalOptions.Autoencoding =>
        [
            ("measure it", ["eval", run]),
            ("look into its latent space", ["latent", "page", run]),
            ("new images", ["latent", "sample", run]),
        ],
        _ => [("measure it", ["eval", run])],
    };
}
