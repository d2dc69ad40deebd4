using Avs.Core;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>Generators of the tensor library that begin where a seed and a name say.</summary>
internal static class NamedGenerator
{
    public static Generator Create(long seed, string name) => new(new NamedRandom(seed, name).NextUInt64() >> 1);
}
