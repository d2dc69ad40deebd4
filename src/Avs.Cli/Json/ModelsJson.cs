using Avs.Models;
using Avs.Models.Audio;
using Avs.Models.Backbones;
using Avs.Models.Ecmvae;
using Avs.Models.Vae;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Weights;

namespace Avs.Cli.Json;

/// <summary>What `avs models --json` prints.</summary>
internal sealed record ModelsJson(
    IReadOnlyList<ModelsJson.Model> Models, IReadOnlyList<ModelsJson.Part> Backbones, IReadOnlyList<ModelsJson.Part> Audio)
{
    public static ModelsJson FromRegistries() => new(
        [.. ModelRegistry.All.Select(From), .. VaeRegistry.Autoencoders.Select(From), .. VaeRegistry.Multimodal.Select(From)],
        [.. BackboneRegistry.All.Select(entry => From(entry.Name, entry.Summary, entry.Parameters, entry.Gflop, entry.Weights))],
        [.. AudioRegistry.All.Select(entry => From(entry.Name, entry.Summary, entry.Parameters, entry.Gflop, entry.Weights))]);

    private static Model From(ModelPreset preset) => new(
        preset.Name,
        preset.Summary,
        preset.Parameters,
        preset.Gflop,
        preset.Config.Network.Backbone,
        preset.Config.Network.UsesSound ? preset.Config.Audio : null,
        [.. preset.Weights.Select(From)],
        preset.Checkpoints,
        preset.Config.Network switch { EcmvaeConfig => "ecmvae", DeterministicConfig => "deterministic", _ => "avsbench" },
        preset.Parameters,
        null,
        null);

    // Parameters with running statistics, as the published tables count them.
    private static Model From(AutoencoderPreset preset)
    {
        var network = NetworkSummary.From(preset.Config);
        var family = preset.Config switch
        {
            PlainAutoencoderConfig => "autoencoder",
            VaeConfig => "vae",
            IwaeConfig => "iwae",
            WaeConfig => "wae",
            _ => "rae",
        };
        return new Model(
            preset.Name, preset.Summary, network.Parameters, null, null, null, [], null, family, network.Trainable, network.Encoder,
            network.Decoder);
    }

    private static Model From(MultimodalPreset preset) => new(
        preset.Name, preset.Summary, preset.Parameters, null, null, null, [], null, "multimodal_vae", preset.Parameters, null, null);

    private static Part From(string name, string summary, long parameters, double gflop, PublishedWeights? weights) =>
        new(name, summary, parameters, gflop, weights is null ? null : From(weights));

    private static Published From(PublishedWeights weights) => new(weights.Files[0], weights.Publisher);

    internal sealed record Model(
        string Name, string Summary, long Parameters, double? Gflop, string? Backbone, string? Audio, IReadOnlyList<Published> Weights,
        string? Checkpoints, string Family, long Trainable, PartSummary? Encoder, PartSummary? Decoder);

    internal sealed record Part(string Name, string Summary, long Parameters, double Gflop, Published? Weights);

    internal sealed record Published(string File, string Publisher);
}
