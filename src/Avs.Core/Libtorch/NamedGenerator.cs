using static TorchSharp.torch;

namespace Avs.Core.Libtorch;

/// <summary>Generators of the tensor library that begin where a seed and a name say.</summary>
public static class NamedGenerator
{
    /// <summary>A generator of its own.</summary>
    public static Generator Create(long seed, string name) => new(Start(seed, name));

    /// <summary>Lets torch's default generator, from which layers draw their first weights, begin there.</summary>
    public static void SeedDefault(long seed, string name) => manual_seed((long)Start(seed, name));

    private static ulong Start(long seed, string name) => new NamedRandom(seed, name).NextUInt64() >> 1;
}
