using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Avs.Models.AvsBench;
using Avs.Models.Losses;
using Avs.Models.Segmentation;
using Avs.Parity.Comparison;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Parity.Cases;

/// <summary>
/// The whole AVSBench baseline: the maps on the way, its outputs, the loss of the released command, and where the case asks for it the
/// gradients, one Adam step and the loss after it.
/// </summary>
internal sealed partial class AvsBenchCase : IPreciseCaseRule
{
    private const int FramesPerClip = 5;

    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module.StartsWith("avsbench", StringComparison.Ordinal)
        && item.HasInputs("image", "audio") && item.Outputs.ContainsKey("pred");

    public void Compute(ParityCase item, CaseOutputs outputs, ScalarType precision)
    {
        var learns = outputs.Wants("after/total") || outputs.Under("grad/").Any();
        // S4: one mask a clip, of its first frame.
        var images = item.Input("image").to(precision);
        var mask = item.HasInputs("mask") ? item.Input("mask").to(precision) : null;
        var rows = item.Text("task", "MS3") == "S4" ? arange(0, images.shape[0], FramesPerClip, ScalarType.Int64) : null;
        if (rows is not null && mask?.shape[0] == images.shape[0]) mask = mask.index_select(0, rows);
        var input = new AvsInput(images, null, FramesPerClip, mask, rows) { AudioEmbedding = item.Input("audio").to(precision) };
        using var network = new AvsBenchModel(Config(item));
        ParityTensors.Fill(network, item.Weights[0], item);
        network.to(precision);
        var objective = Objective(item);
        using var mode = set_grad_enabled(learns);

        var output = Watched(outputs, network, input);
        Give(outputs, output);
        if (mask is null) return;
        var terms = objective.Compute(output, input);
        outputs.Give("loss/total", terms.Total);
        outputs.Give("loss/iou_loss", terms.CrossEntropy);
        outputs.Give("loss/sa_loss", terms.Matching);
        if (learns)
            OneAdamStep.Give(outputs, network, terms.Total, () => objective.Compute(network.call(input), input).Total);
        outputs.GiveBuffers(network);
    }

    private static AvsBenchConfig Config(ParityCase item) => new()
    {
        Backbone = item.Backbone("backbone"),
        DropPath = 0,
        Channels = item.Number("channel", 256),
        UnusedBranch = true,
        TpaviStages = item.Config.TryGetValue("tpavi_stages", out var stages)
            ? [.. stages.EnumerateArray().Select(stage => stage.GetInt32())]
            : [0, 1, 2, 3],
        Attention = (Flag(item, "tpavi_va_flag", true), Flag(item, "tpavi_vv_flag", false)) switch
        {
            (true, true) => TpaviAttention.SoundAndPicture,
            (false, true) => TpaviAttention.Picture,
            _ => TpaviAttention.Sound,
        },
    };

    // In words: "kl, lambda 0.5, not normalised, avg"; nothing: off.
    private static AvsBenchObjective Objective(ParityCase item)
    {
        var released = item.Text("task", "MS3") == "S4" ? AvsBenchObjective.S4 : AvsBenchObjective.MS3;
        var words = item.Text("sa_loss", "");
        if (words.Length == 0) return released with { MatchingWeight = 0 };
        var pooling = words.Contains("max", StringComparison.Ordinal) ? MaskPooling.Maximum : MaskPooling.Average;
        var normalise = words.Contains("normalised", StringComparison.Ordinal)
            && !words.Contains("not normalised", StringComparison.Ordinal);
        return released with
        {
            MatchingWeight = Lambda().Match(words) is { Success: true } weight
                ? double.Parse(weight.Groups[1].Value, CultureInfo.InvariantCulture)
                : 0.5,
            Cosine = new CosineMatchingLoss(pooling, normalise),
            Distance = new SimilarityLoss(
                pooling,
                words.Contains("euclid", StringComparison.Ordinal) ? MatchingDistance.Euclidean : MatchingDistance.KullbackLeibler,
                normalise,
                words.Contains("threshold", StringComparison.Ordinal),
                Target: words.Contains("closer", StringComparison.Ordinal) ? MatchingTarget.NearestSoundsPicture : MatchingTarget.Sound),
        };
    }

    private static bool Flag(ParityCase item, string key, bool otherwise) =>
        item.Config.TryGetValue(key, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : otherwise;

    private static AvsBenchOutput Watched(CaseOutputs outputs, AvsBenchModel network, AvsInput input)
    {
        using var hooks = new ForwardHooks(network, outputs.Under("mid/"),
            (name, map) => outputs.Give("mid/" + name, AsReleased(name, map)));
        return (AvsBenchOutput)network.call(input);
    }

    // The release's TPAVI returns [B,C,T,h,w], and its paths enlarge what they return.
    private static Tensor AsReleased(string name, Tensor map)
    {
        if (name.StartsWith("tpavi", StringComparison.Ordinal))
            return map.reshape(-1, FramesPerClip, map.shape[1], map.shape[2], map.shape[3]).transpose(1, 2);
        return name.StartsWith("path", StringComparison.Ordinal)
            ? F.interpolate(map, scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: true)
            : map;
    }

    private static void Give(CaseOutputs outputs, AvsBenchOutput output)
    {
        for (var i = 0; i < 4; i++)
        {
            outputs.Give($"feature_map_list/{i}", output.Visual[i]);
            var audio = output.Audio[i];
            if (audio.shape[1] > 0)
                outputs.Give($"a_fea_list/{i}", audio.reshape(-1, FramesPerClip, audio.shape[1])); // [N,C] -> [B,T,C]
        }
        outputs.Give("pred", output.Logits);
    }

    [GeneratedRegex(@"lambda ([\d.]*\d)")]
    private static partial Regex Lambda();
}
