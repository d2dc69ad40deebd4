using Avs.Core;

namespace Avs.Models.Weights;

/// <summary>Weights that somebody publishes: what their files are called and where they are.</summary>
/// <param name="Network">The network, as configurations name it.</param>
/// <param name="Files">The names of the files, any of which does; the newest first.</param>
/// <param name="Publisher">Where the publisher offers them.</param>
/// <param name="Leftovers">Tensors in the files that the network has no place for, such as classification heads; see
/// <see cref="WeightsRules.Leftovers"/>.</param>
public sealed record PublishedWeights(string Network, IReadOnlyList<string> Files, string Publisher, IReadOnlyList<string> Leftovers)
{
    private const string Torchvision = "https://download.pytorch.org/models/", Pvt = "https://github.com/whai362/PVT/releases/tag/v2",
        Swin = "https://github.com/SwinTransformer/storage/releases/tag/v1.0.0",
        Vggish = "https://github.com/harritaylor/torchvggish/releases/tag/v0.1", VggishFile = "vggish-10086976.pth";

    /// <summary>
    /// The name under which <see cref="Of"/> knows the constants of VGGish's post-processor, which have a file of their own.
    /// </summary>
    public const string PcaConstants = "vggish's post-processor";

    /// <summary>Every network that has any.</summary>
    public static IReadOnlyList<PublishedWeights> All { get; } =
    [
        new("resnet18", ["resnet18-f37072fd.pth", "resnet18-5c106cde.pth"], Torchvision, ["fc."]),
        new(ImportedWeights.Backbone, [ImportedWeights.FileName], ImportedWeights.Package.Page, [])
        {
            ImportName = ImportedWeights.Name,
        },
        new("resnet34", ["resnet34-b627a593.pth", "resnet34-333f7ec4.pth"], Torchvision, ["fc."]),
        new("resnet50", ["resnet50-0676ba61.pth", "resnet50-19c8e357.pth"], Torchvision, ["fc."]),
        new("resnet101", ["resnet101-63fe2227.pth", "resnet101-5d3b4d8f.pth"], Torchvision, ["fc."]),
        .. Enumerable.Range(0, 6).Select(size => new PublishedWeights($"pvt_v2_b{size}", [$"pvt_v2_b{size}.pth"], Pvt, ["head."])),
        .. ((string[])["swin_b", "swin_b_release"]).Select(name => new PublishedWeights(
            name, ["swin_base_patch4_window7_224.pth", "swin_base_patch4_window7_224_22k.pth"], Swin, ["head.", "norm.", "*.attn_mask"])),
        new("vggish", [VggishFile], Vggish, []),
        new("vggish_pca", [VggishFile], Vggish, []),
        new(PcaConstants, ["vggish_pca_params-970ea276.pth"], Vggish, []),
    ];

    /// <summary>The weights of a network, or null when nobody publishes any.</summary>
    /// <param name="network">The network, as configurations name it.</param>
    public static PublishedWeights? Of(string network) => All.FirstOrDefault(weights => weights.Network == network);

    /// <summary>
    /// What <c>avs weights import</c> calls them, and a configuration that means the file in the cache; null: not to be imported.
    /// </summary>
    public string? ImportName { get; init; }

    /// <summary>What to look for and where, as the end of a sentence.</summary>
    public string Where => ImportName is not null
        ? $"the weights of {Network} are fetched by: {ShellCommand.ForProgram("weights", "import", ImportName)}"
        : $"the weights of {Network} are published as {string.Join(" or ", Files)} at {Publisher}";
}
