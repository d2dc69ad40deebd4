using Avs.Core;
using Avs.Models.Backbones;
using Avs.Models.Weights;
using static TorchSharp.torch;

namespace Avs.Models;

/// <summary>Fills the parts of a segmenter from published files of weights, by the publishers' own names.</summary>
public static class SegmenterWeights
{
    /// <summary>The prefixes that this program's own checkpoints give the two parts of a segmenter.</summary>
    private const string Network = "network.", Audio = "audio.";

    /// <summary>The part of VGGish whose constants have a file of their own.</summary>
    private const string Postprocessor = "pproc";

    /// <summary>Fills the backbone: torchvision's ResNets, PVTv2.</summary>
    /// <exception cref="DataException">The file is damaged or does not fit.</exception>
    public static LoadReport LoadBackbone(AudioVisualSegmenter model, string path)
    {
        var backbone = model.Network.children().OfType<VisualBackbone>().Single();
        return WeightsLoader.Load(backbone, path, new WeightsRules
        {
            NameInFile = backbone.PublishedName,
            Leftovers = PublishedWeights.Of(model.Config.Network.Backbone)?.Leftovers ?? [],
        });
    }

    /// <summary>
    /// Fills the audio network: VGGish. The constants of its post-processor, where it has one, are read from the file beside.
    /// </summary>
    /// <param name="model">A segmenter with an audio network.</param>
    /// <exception cref="DataException">A file is missing, damaged or does not fit.</exception>
    public static LoadReport LoadAudio(AudioVisualSegmenter model, string path)
    {
        var postprocessor = model.Audio!.named_children().FirstOrDefault(child => child.name == Postprocessor).module;
        if (postprocessor is not null)
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            WeightsLoader.Load(postprocessor, PublishedFile.Find("model.audio_weights", folder, PublishedWeights.PcaConstants));
        }
        return WeightsLoader.Load(model.Audio, path, new WeightsRules { MayMiss = [Postprocessor + "."] });
    }

    /// <summary>Whether a file is one of this program's checkpoints that holds the audio network too; the authors' never do.</summary>
    /// <param name="model">A segmenter with an audio network.</param>
    /// <exception cref="DataException">The file is missing or damaged.</exception>
    public static bool HoldsAudio(AudioVisualSegmenter model, string path)
    {
        using var file = WeightsFile.Open(path);
        return IsOwn(model, file) && WeightsLoader.CountFits(model, file) > WeightsLoader.CountFits(model.Network, file);
    }

    /// <summary>
    /// Fills the whole model from one of this program's checkpoints, or all but the audio network from one of the authors'.
    /// </summary>
    /// <exception cref="DataException">The file is damaged or does not fit.</exception>
    public static LoadReport LoadModel(AudioVisualSegmenter model, string path)
    {
        using var file = WeightsFile.Open(path);
        var own = IsOwn(model, file);
        nn.Module part = own ? model : model.Network;
        string[] leftovers = [.. model.Network.PublishedLeftovers.Select(start => own ? Network + start : start), .. own
            && model.Audio is null
            ? (string[])[Audio]
            : []];
        return WeightsLoader.Load(part, file, new WeightsRules { Leftovers = leftovers });
    }

    // The authors' checkpoints lack the parts' prefixes, so that only the network has their names.
    private static bool IsOwn(AudioVisualSegmenter model, WeightsFile file) =>
        WeightsLoader.CountFits(model, file) is > 0 and var whole && whole >= WeightsLoader.CountFits(model.Network, file);
}
