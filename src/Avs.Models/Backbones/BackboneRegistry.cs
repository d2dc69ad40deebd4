using Avs.Models.Weights;

namespace Avs.Models.Backbones;

/// <summary>A visual backbone that a configuration can name.</summary>
/// <param name="Name">The name in configurations.</param>
/// <param name="Summary">One line for a list.</param>
/// <param name="Parameters">How many it has, without the classifier that it was published with.</param>
/// <param name="Gflop">10^9 operations of its convolutions and matrix products for one picture of 224 x 224; a multiply-add is two.</param>
/// <param name="Create">Builds it with fresh weights for a probability of stochastic depth (which only the transformers use); touches
/// neither disk nor network.</param>
public sealed record BackboneEntry(string Name, string Summary, long Parameters, double Gflop, Func<double, VisualBackbone> Create)
{
    /// <summary>The published weights that it can start from; null: nobody publishes any.</summary>
    public PublishedWeights? Weights => PublishedWeights.Of(Name);
}

/// <summary>All visual backbones by name.</summary>
public static class BackboneRegistry
{
    /// <summary>The entries, in the order of a list.</summary>
    public static IReadOnlyList<BackboneEntry> All { get; } =
    [
        new("small_residual", "6 basic blocks, 24 to 128 channels; learns from nothing in minutes", 701_072, 0.24,
            _ => new SmallResidual()),
        new("resnet18", "ResNet-18, torchvision layout", 11_176_512, 3.63, _ => ResNet.Create(18)),
        new(ImportedWeights.Backbone, "ML.NET's ResNet-18: a third block in the last stage; ImageNet weights by avs weights import",
            15_897_152, 4.09, _ => ResNet.CreateMlNet()),
        new("resnet34", "ResNet-34, torchvision layout", 21_284_672, 7.33, _ => ResNet.Create(34)),
        new("resnet50", "ResNet-50, torchvision layout (the paper's second backbone)", 23_508_032, 8.17, _ => ResNet.Create(50)),
        new("resnet101", "ResNet-101, torchvision layout", 42_500_160, 15.60, _ => ResNet.Create(101)),
        new("pvt_v2_b0", "PVTv2-B0", 3_409_760, 1.13, dropPath => new PyramidVisionTransformer(PyramidVisionTransformer.B0, dropPath)),
        new("pvt_v2_b1", "PVTv2-B1", 13_496_000, 4.22, dropPath => new PyramidVisionTransformer(PyramidVisionTransformer.B1, dropPath)),
        new("pvt_v2_b2", "PVTv2-B2", 24_849_856, 8.05, dropPath => new PyramidVisionTransformer(PyramidVisionTransformer.B2, dropPath)),
        new("pvt_v2_b3", "PVTv2-B3", 44_725_696, 13.79, dropPath => new PyramidVisionTransformer(PyramidVisionTransformer.B3, dropPath)),
        new("pvt_v2_b4", "PVTv2-B4", 62_043_072, 20.20, dropPath => new PyramidVisionTransformer(PyramidVisionTransformer.B4, dropPath)),
        new("pvt_v2_b5", "PVTv2-B5 (the paper's first backbone)", 81_443_008, 23.43,
            dropPath => new PyramidVisionTransformer(PyramidVisionTransformer.B5, dropPath)),
        new("swin_b", "Swin-B, windows of 7", 86_741_176, 30.86, dropPath => new SwinTransformer(SwinTransformer.B, dropPath)),
        new("swin_b_release", "Swin-B with the levels of the ECMVAE release: what enters each stage", 86_741_176, 28.37,
            dropPath => new SwinTransformer(SwinTransformer.B, dropPath, SwinLevels.StageInputs)),
    ];

    /// <summary>Builds the named backbone.</summary>
    /// <param name="dropPath">Probability of stochastic depth at the last block, for the networks that have it.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static VisualBackbone Create(string name, double dropPath = 0) => Find(name).Create(dropPath);

    /// <summary>The named entry.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static BackboneEntry Find(string name) => All.FirstOrDefault(entry => entry.Name == name)
        ?? throw new ArgumentException($"there is no backbone '{name}'; known are {string.Join(", ", All.Select(entry => entry.Name))}");
}
