using System.Text;

namespace Avs.Core;

/// <summary>
/// A stream of random numbers that depends only on a seed and a name, so that two parts of a program never share a stream and the
/// result of one does not depend on how often another drew, on thread counts or on the machine. SplitMix64 (Steele, Lea and Flood, 2014);
/// <see cref="State"/> is all there is to save. Not thread-safe: give every thread a name of its own.
/// </summary>
public sealed class NamedRandom
{
    /// <summary>Starts the stream of a name.</summary>
    /// <param name="seed">The seed of the whole run.</param>
    /// <param name="name">What the numbers are for, e.g. <c>stamps/train/000012</c>.</param>
    public NamedRandom(long seed, string name)
    {
        // FNV-1a over the name, then one mixing step so that neighbouring seeds start far apart.
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(name))
            hash = (hash ^ b) * 1099511628211UL;
        State = Mix(hash ^ Mix(unchecked((ulong)seed + Step)));
    }

    private const ulong Step = 0x9E3779B97F4A7C15UL;

    /// <summary>The whole state; setting it continues a saved stream.</summary>
    public ulong State { get; set; }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64() => Mix(State += Step);

    /// <summary>A number in [0, 1), with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public double Uniform(double from, double to) => from + (to - from) * NextDouble();

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>An integer in [0, <paramref name="count"/>), every one equally likely.</summary>
    public int NextInt(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return (int)Math.BigMul(NextUInt64(), (ulong)count, out _);
    }

    /// <summary>
    /// A standard normal number (Box and Muller; two draws of the stream for each number, so that the state stays one word).
    /// </summary>
    public double NextNormal() =>
        Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble())) * Math.Cos(2.0 * Math.PI * NextDouble());

    /// <summary>Puts the items in random order, in place (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextInt(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
