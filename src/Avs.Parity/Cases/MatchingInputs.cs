using System.Text.Json;
using Avs.Models.AvsBench;
using Avs.Models.Segmentation;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>The inputs of the baseline's loss cases, as the network would have returned them.</summary>
/// <param name="Output">Logits, feature levels and audio vectors.</param>
internal sealed record MatchingInputs(AvsBenchOutput Output)
{
    private ParityCase Case { get; init; } = null!;

    private IReadOnlyDictionary<string, Tensor> Leaves { get; init; } = new Dictionary<string, Tensor>();

    public static MatchingInputs From(ParityCase item)
    {
        var leaves = new Dictionary<string, Tensor> { ["pred"] = item.Input("pred", gradient: true) };
        var levels = 1;
        for (; item.HasInputs($"visual{levels}", $"audio{levels}"); levels++)
        {
            leaves[$"visual{levels}"] = item.Input($"visual{levels}", gradient: true);
            leaves[$"audio{levels}"] = item.Input($"audio{levels}", gradient: true); // [B,T,C]
        }
        Tensor[] visual = [.. Enumerable.Range(1, levels - 1).Select(i => leaves[$"visual{i}"])];
        Tensor[] audio = [.. Enumerable.Range(1, levels - 1).Select(i => leaves[$"audio{i}"].flatten(0, 1))]; // [B,T,C] -> [N,C]
        return new MatchingInputs(new AvsBenchOutput(leaves["pred"], visual, audio)) { Case = item, Leaves = leaves };
    }

    /// <summary>A list of levels of the configuration; all of them where it has none.</summary>
    public IReadOnlyList<int> Stages(string key) =>
        Case.Config.TryGetValue(key, out var list) && list.ValueKind == JsonValueKind.Array
        ? [.. list.EnumerateArray().Select(stage => stage.GetInt32())]
        : [.. Enumerable.Range(0, Output.Visual.Count)];

    /// <summary>A batch with masks; the losses do not look at its pictures.</summary>
    public static AvsInput Batch(Tensor masks, Tensor? rows = null) => new(masks, null, 1, masks, rows);

    /// <summary>λ of the configuration.</summary>
    public double Weight(double otherwise) =>
        Case.Config.TryGetValue("lambda_1", out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : otherwise;

    /// <summary>Gives one number of an objective, its terms and its gradients.</summary>
    public void Give(CaseOutputs outputs, string name, AvsBenchTerms terms, Func<AvsBenchTerms, Tensor> value)
    {
        outputs.Give(name + "/loss", value(terms));
        outputs.Give(name + "/iou_loss", terms.CrossEntropy);
        outputs.Give(name + "/sa_loss", terms.Matching);
        outputs.GiveGradients(name + "/grad/", value(terms), Leaves);
    }
}
