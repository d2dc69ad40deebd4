using System.Text;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae;

/// <summary>The numbers that the golden values were computed from: u(name, i) in [-1, 1), an integer hash.</summary>
internal static class Fill
{
    public static double[] Numbers(string name, int count) => [.. Enumerable.Range(0, count).Select(i => Number(name, i))];

    /// <summary>float64, row-major.</summary>
    public static Tensor Tensor(string name, params long[] shape) =>
        tensor(Numbers(name, (int)shape.Aggregate(1L, (a, b) => a * b))).reshape(shape);

    private static double Number(string name, int index)
    {
        unchecked
        {
            var hash = 0x811C9DC5u;
            foreach (var letter in Encoding.UTF8.GetBytes(name))
                hash = (hash ^ letter) * 0x01000193u;
            var x = (uint)index * 0x9E3779B1u + hash;
            x ^= x >> 16;
            x *= 0x85EBCA6Bu;
            x ^= x >> 13;
            x *= 0xC2B2AE35u;
            x ^= x >> 16;
            return x / 4294967296.0 * 2 - 1;
        }
    }
}
