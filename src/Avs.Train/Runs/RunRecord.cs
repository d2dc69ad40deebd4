using static TorchSharp.torch;

namespace Avs.Train.Runs;

/// <summary>What is written down of a run on its way: its metrics, and for TensorBoard the same, pictures and histograms.</summary>
/// <param name="fromStep">The step that it goes on from; what was written of later ones is dropped.</param>
/// <param name="tensorBoard">Whether TensorBoard's events are written.</param>
public sealed class RunRecord(RunFolder run, long fromStep, bool tensorBoard)
{
    private readonly MetricsFile? metrics = run.IsOthers ? null : new MetricsFile(run.MetricsPath, fromStep);
    private readonly TensorBoardEvents? events = tensorBoard && !run.IsOthers ? new TensorBoardEvents(run.FullPath, fromStep) : null;

    /// <summary>Adds a line of figures.</summary>
    public void Append(long step, IReadOnlyList<(string Name, double Value)> figures)
    {
        metrics?.Append(step, figures);
        events?.AddFigures(step, figures);
    }

    /// <summary>Adds a picture of what the model makes, of tasks that draw one.</summary>
    public void AddPicture(long step, string path, Action<string> log)
    {
        if (events is not null && File.Exists(path))
            RunCurves.WritePicture(path, () => events.AddPicture(step, "validation/pictures", path), log);
    }

    /// <summary>Adds how the weights are distributed.</summary>
    public void AddWeights(long step, nn.Module model) => events?.AddWeights(step, model);
}
