using Avs.Models.AvsBench;
using Avs.Models.Ecmvae;
using Avs.Models.Losses;
using Avs.Train.Experiments;

namespace Avs.Train.Segmentation;

/// <summary>Which keys of segmentation change nothing beside the values of others.</summary>
internal static class SegmentationIdleKeys
{
    private static readonly string[] SharedCodeTerms =
        ["objective.js", "objective.difference", "objective.difference_weight", "objective.information", "objective.information_weight"];

    public static IEnumerable<IdleKeys> Find(SegmentationConfig config)
    {
        var network = config.Model.Network;
        if (!network.UsesSound)
            yield return new("the network uses no sound", "model.audio", "model.freeze_audio", "model.network.audio_channels");
        if (!network.HasLatentCodes)
            yield return new($"{config.Model.Name} has no latent codes to draw", "evaluate.latent", "evaluate.samples");
        if (network.Classes > 1)
            yield return new("classes are learned by their cross-entropy", "objective.structure");
        var own = (network, config.Objective) switch
        {
            (EcmvaeConfig ecmvae, EcmvaeObjective objective) => FindEcmvae(ecmvae, objective),
            (DeterministicConfig deterministic, DeterministicObjective objective) => FindDeterministic(deterministic, objective),
            (AvsBenchConfig baseline, AvsBenchObjective objective) => FindBaseline(baseline, objective),
            _ => [],
        };
        foreach (var keys in own)
            yield return keys;
    }

    private static IEnumerable<IdleKeys> FindEcmvae(EcmvaeConfig network, EcmvaeObjective objective)
    {
        if (!network.UseAudio)
        {
            yield return new("model.network.use_audio is false",
            [
                "model.network.fusion", "model.network.tpavi_channels", "model.network.tpavi_span", "model.network.factorisation",
                "model.network.code_fusion", "model.network.posterior_fusion", "model.network.information_size",
                "objective.similarity_weight", "objective.similarity", .. SharedCodeTerms,
            ]);
        }
        if (network.Factorisation == Factorisation.SpecificOnly)
        {
            yield return new("model.network.factorisation is specific_only",
                ["model.network.code_fusion", "model.network.information_size", .. SharedCodeTerms]);
        }
        if (network.Fusion == FusionKind.AvCorrelation)
            yield return new("model.network.fusion is av_correlation", "model.network.tpavi_channels", "model.network.tpavi_span");
        foreach (var keys in FindSimilarity("objective.similarity", objective.Similarity, objective.SimilarityWeight))
            yield return keys;
    }

    private static IEnumerable<IdleKeys> FindDeterministic(DeterministicConfig network, DeterministicObjective objective)
    {
        if (network.Regulariser == InformationRegulariser.None)
        {
            yield return new("model.network.regulariser is none", "model.network.regulariser_channels", "model.network.information_size",
                "objective.information_weight", "objective.kl_scale", "objective.information");
        }
        if (network.Regulariser == InformationRegulariser.CodePairs)
            yield return new("model.network.regulariser is code_pairs", "objective.information");
        if (network.Regulariser == InformationRegulariser.LowerBound)
            yield return new("model.network.regulariser is lower_bound", "objective.kl_scale");
        foreach (var keys in FindSimilarity("objective.similarity", objective.Similarity, objective.SimilarityWeight))
            yield return keys;
    }

    private static IEnumerable<IdleKeys> FindBaseline(AvsBenchConfig network, AvsBenchObjective objective)
    {
        if (network.TpaviStages.Count == 0)
            yield return new("model.network.tpavi_stages is empty", "model.network.attention", "model.network.attention_frames");
        if (!network.UsesSound)
            yield return new("the network uses no sound", "model.network.align_bias");
        if (network.Backbone != "resnet50")
            yield return new($"model.network.backbone is {network.Backbone}", "model.network.unused_branch");
        if (objective.MatchingWeight == 0)
        {
            yield return new("objective.matching_weight is 0",
                "objective.matching", "objective.matching_stages", "objective.distance", "objective.cosine");
        }
        yield return objective.Matching == MatchingForm.Cosine
            ? new("objective.matching is cosine", "objective.distance")
            : new("objective.matching is distance", "objective.cosine");
        foreach (var keys in FindSimilarity("objective.distance", objective.Distance, objective.MatchingWeight))
            yield return keys;
    }

    private static IEnumerable<IdleKeys> FindSimilarity(string path, SimilarityLoss loss, double weight)
    {
        if (weight == 0)
            yield return new("its weight is 0", path);
        if (loss.Distance == MatchingDistance.Euclidean)
            yield return new($"{path}.distance is euclidean", $"{path}.reduction");
    }
}
