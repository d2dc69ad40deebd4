using static TorchSharp.torch;

namespace Avs.Models.Backbones;

/// <summary>A network that turns frames [N,3,H,W] into four feature levels, fine to coarse, at strides 4, 8, 16 and 32.</summary>
/// <remarks><c>forward</c> returns [N,C₁,H/4,W/4], [N,C₂,H/8,W/8], [N,C₃,H/16,W/16], [N,C₄,H/32,W/32]. H and W are multiples of
/// 32.</remarks>
public abstract class VisualBackbone(string name) : nn.Module<Tensor, IReadOnlyList<Tensor>>(name)
{
    /// <summary>C₁ … C₄.</summary>
    public abstract IReadOnlyList<long> Channels { get; }

    /// <summary>Whether a parameter exists for published checkpoints' sake only: it takes part in no level.</summary>
    /// <param name="name">A name out of <c>named_parameters()</c>.</param>
    public virtual bool IsUnused(string name) => false;

    /// <summary>The name that an entry of this network has in the file of weights that its publisher offers.</summary>
    /// <param name="name">A name out of <c>state_dict()</c>.</param>
    public virtual string PublishedName(string name) => name;
}
