using Avs.Data.Images;
using Avs.Eval.Reports;
using Avs.Models.Vae.Multimodal;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>
/// A picture of what a multimodal VAE has learned: examples, what it makes of their first modality alone, and what it makes of no modality.
/// </summary>
internal static class MultimodalSheet
{
    private const int Columns = 10, CellWidth = 72;

    public static void Write(
        string path, MultimodalExperiment experiment, MultimodalNetwork model, Device device, MultimodalTensors examples,
        IReadOnlyList<long> rows, Generator generator)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var columns = Math.Min(Columns, rows.Count);
        long[] shown = [.. Enumerable.Range(0, columns).Select(i => rows[i * rows.Count / columns])];
        Tensor[] real = [.. examples.Batch(shown).Select(modality => modality.to(device))];
        var (first, names) = (model.Modalities[0].Name, model.Modalities.Select(modality => modality.Name).ToArray());
        var fromFirst = model.Generate(new MultimodalInput([.. real.Select((modality, m) => m == 0 ? modality : null)]), generator);
        var fromNothing = model.Sample(columns, generator);

        IEnumerable<SheetRow> Rows(IReadOnlyList<Tensor> modalities, string what) =>
            modalities.Select((modality, m) => new SheetRow($"{names[m]}{what}", [.. PictureCells.From(modality)]));
        new ContactSheet(CellWidth).Write(path, new Sheet(
            experiment.Run.Name == experiment.Task.Model.Name
                ? experiment.Run.Name
                : $"{experiment.Run.Name}: {experiment.Task.Model.Name}",
            examples.Name,
            [.. Enumerable.Repeat("", Columns)],
            [
                .. Rows(real, " of the examples"), .. Rows(fromFirst, $" from {first} alone"),
                .. Rows(fromNothing, ", decoded from draws of N(0, I)"),
            ]));
    }
}
