using Avs.Core;

namespace Avs.Train.Autoencoding;

/// <summary>Which examples make which batch: each epoch another order, which follows from the seed and the epoch alone.</summary>
/// <param name="examples">Examples of the training split.</param>
/// <param name="batch">Examples in a batch; what is left after the last whole one is left out.</param>
internal sealed class EpochOrder(int examples, int batch, long seed)
{
    private readonly int batch = Math.Min(batch, examples);

    public int BatchesPerEpoch => examples / batch;

    /// <summary>The indices of each batch from one on, without end. What is given is valid until the next.</summary>
    public IEnumerable<ReadOnlyMemory<long>> From(long number)
    {
        var rows = new long[examples];
        var shuffled = -1L;
        for (; ; number++)
        {
            var (epoch, position) = Math.DivRem(number, BatchesPerEpoch);
            if (epoch != shuffled)
                Shuffle(rows, shuffled = epoch);
            yield return rows.AsMemory((int)position * batch, batch);
        }
    }

    /// <summary>The indices of at most so many examples, evenly spread over a split; null: all.</summary>
    public static long[] Spread(int examples, int? wanted)
    {
        var count = Math.Min(examples, wanted ?? examples);
        return [.. Enumerable.Range(0, count).Select(i => (long)i * examples / count)];
    }

    private void Shuffle(long[] rows, long epoch)
    {
        for (var i = 0; i < rows.Length; i++)
            rows[i] = i;
        new NamedRandom(seed, $"train/order/{epoch}").Shuffle(rows.AsSpan());
    }
}
