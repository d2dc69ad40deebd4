using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Runs;

/// <summary>
/// What TensorBoard shows of a run, `events.out.tfevents.*` in its folder, by TorchSharp's writer: the figures of the metrics, pictures,
/// and how the weights are distributed.
/// </summary>
public sealed class TensorBoardEvents
{
    private const string Validation = "val_";

    // Of a layer's weights a histogram shows as much from so many.
    private const int MostWeights = 20_000;

    private readonly Lazy<SummaryWriter> writer;

    /// <summary>Continues after a step: each process writes a file of its own, and what was written of later steps is dropped.</summary>
    /// <param name="keepUpToStep">The step that the run goes on from.</param>
    public TensorBoardEvents(string folder, long keepUpToStep)
    {
        foreach (var path in Directory.GetFiles(folder, EventFile.Pattern))
            EventFile.KeepUpTo(path, keepUpToStep);
        writer = new(() => utils.tensorboard.SummaryWriter(folder));
    }

    /// <summary>Figures as the metrics name them; those of a validation begin with `val_`.</summary>
    public void AddFigures(long step, IReadOnlyList<(string Name, double Value)> figures)
    {
        foreach (var (name, value) in figures)
        {
            var isValidation = name.StartsWith(Validation, StringComparison.Ordinal);
            var tag = isValidation ? $"validation/{name[Validation.Length..]}" : $"training/{name}";
            writer.Value.add_scalar(tag, (float)value, checked((int)step));
        }
    }

    /// <summary>A picture from its file.</summary>
    public void AddPicture(long step, string tag, string path) => writer.Value.add_img(tag, path, checked((int)step));

    /// <summary>How the weights of each part of a model are distributed.</summary>
    public void AddWeights(long step, nn.Module model)
    {
        foreach (var (name, part) in model.named_children())
        {
            using var scope = NewDisposeScope();
            using var untracked = no_grad();
            Tensor[] all = [.. part.parameters().Select(weights => weights.detach().flatten())];
            var every = 1 + all.Sum(weights => weights.numel()) / MostWeights;
            Tensor[] some = [.. all.Select(weights => weights[TensorIndex.Slice(step: every)])];
            // The writer refuses none at all, and makes a histogram of nothing where one of them is not finite.
            if (some.Length > 0 && cat(some).cpu() is var values && values.isfinite().all().item<bool>())
                writer.Value.add_histogram($"weights/{name}", values, checked((int)step));
        }
    }
}
