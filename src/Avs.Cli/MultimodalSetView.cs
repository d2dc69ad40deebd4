using Avs.Cli.Json;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Eval.Reports;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>What `avs data images` shows of a set whose examples have several images.</summary>
internal static class MultimodalSetView
{
    private const int ExamplesInRow = 12, PictureWidth = 64;

    public static void Show(Terminal terminal, MultimodalSet set, ImageSetOptions options, string? sheet, bool json)
    {
        // One split at a time: each may take some hundred megabytes.
        var found = new List<MultimodalSetJson.SplitJson>();
        foreach (var split in Enum.GetValues<Split>())
        {
            using var examples = DataImagesCommand.OpenIfThere(() => set.Open(split, options), split);
            if (examples is null)
                continue;
            if (sheet is not null && found.Count == 0)
                new ContactSheet(PictureWidth).Write(sheet, CreateSheet(examples));
            found.Add(MultimodalSetJson.From(examples));
        }

        if (json)
            JsonOutput.Write(terminal, new MultimodalSetJson(found), JsonOutput.Default.MultimodalSetJson);
        else
            Print(terminal, found);
    }

    private static void Print(Terminal terminal, List<MultimodalSetJson.SplitJson> splits)
    {
        var rows = splits.Select(split => (IReadOnlyList<string>)
        [
            split.Name,
            DataImagesCommand.Number(split.Examples),
            string.Join(", ", split.Modalities.GroupBy(modality => Size(modality))
                .Select(group => $"{string.Join(" ", group.Select(modality => modality.Name))} {group.Key}")),
            string.Join(", ", split.Factors.Where(factor => factor.Modality is null).Select(Describe)),
            string.Join(", ", split.Factors.Where(factor => factor.Modality is not null).Select(Describe).Distinct()),
        ]);
        terminal.Screen.Write(TableView.Create(new Table(["split", "examples", "images of each", "shared", "of one image"], [.. rows])));

        static string Describe(MultimodalSetJson.FactorJson factor) => $"{factor.Name} (of {factor.Classes.Count})";
    }

    private static string Size(MultimodalSetJson.ModalityJson modality) => $"{modality.Shape[2]}x{modality.Shape[1]}x{modality.Shape[0]}";

    // A row for each modality; the first examples, in the order of the first shared factor.
    private static Sheet CreateSheet(MultimodalTensors set)
    {
        var shared = set.Factors.FirstOrDefault(factor => factor.Modality is null);
        var most = shared is null ? 1 : Math.Max(1, ExamplesInRow / shared.Classes.Count);
        var chosen = shared is null
            ? Enumerable.Range(0, Math.Min(ExamplesInRow, set.Count)).ToArray()
            : [.. Enumerable.Range(0, set.Count).GroupBy(i => shared.Labels[i]).OrderBy(group => group.Key)
                .SelectMany(group => group.Take(most)).Take(ExamplesInRow)];
        using var scope = NewDisposeScope();
        var batch = set.Batch([.. chosen.Select(i => (long)i)]);
        var rows = set.Modalities.Select((modality, m) => new SheetRow(modality.Name, [.. chosen.Select((example, n) =>
            new SheetCell(Rgb(batch[m][n]), (int)batch[m].shape[2], (int)batch[m].shape[3], null,
                shared is null ? "" : shared.Classes[shared.Labels[example]]))]));
        return new Sheet(set.Name, $"{DataImagesCommand.Number(set.Count)} examples", [.. chosen.Select(_ => "")], [.. rows]);
    }

    /// <param name="image">[1 or 3,H,W] in [0, 1].</param>
    private static byte[] Rgb(Tensor image)
    {
        using var scope = NewDisposeScope();
        var shape = image.shape;
        var bytes = image.expand(3, shape[1], shape[2]).permute(1, 2, 0).mul(255).round().to(ScalarType.Byte); // [H,W,3]
        return bytes.contiguous().data<byte>().ToArray();
    }
}
