using static TorchSharp.torch;

namespace Avs.Core.Libtorch;

/// <summary>Generators of the tensor library that begin where a seed and a name say.</summary>
public static class NamedGenerator
{
    private static readonly Lock DefaultGenerator = new();

    /// <summary>A generator of its own.</summary>
    public static Generator Create(long seed, string name) => new(Start(seed, name));

    /// <summary>
    /// Makes something that draws from torch's default generator, as layers do for their first weights on the CPU, with that generator
    /// beginning there. The process has one of them, so one caller makes its own at a time: what others draw between would not follow from
    /// the seed.
    /// </summary>
    public static T DrawFromDefault<T>(long seed, string name, Func<T> make)
    {
        lock (DefaultGenerator)
        {
            manual_seed((long)Start(seed, name));
            return make();
        }
    }

    private static ulong Start(long seed, string name) => new NamedRandom(seed, name).NextUInt64() >> 1;
}
