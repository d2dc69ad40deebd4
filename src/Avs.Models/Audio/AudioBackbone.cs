using static TorchSharp.torch;

namespace Avs.Models.Audio;

/// <summary>A network that turns log-mel patches [N,1,96,64] into audio vectors [N,D].</summary>
public abstract class AudioBackbone(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>D.</summary>
    public abstract int Channels { get; }
}
