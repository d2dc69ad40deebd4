using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Batches;

/// <summary>Which clips make up each batch of an epoch: a function of the seed and the epoch's number, and of nothing else.</summary>
internal static class ClipOrder
{
    /// <summary>A process's part of a batch.</summary>
    /// <param name="Clips">Positions in the data set. With pairs, positions 2i and 2i+1 are siblings.</param>
    /// <param name="First">The place of the first in the whole batch.</param>
    /// <param name="Parts">Of how many equal parts it is one.</param>
    public sealed record Share(int[] Clips, int First, int Parts);

    /// <summary>The batches of an epoch, of each the process's own part.</summary>
    /// <exception cref="UsageException">The options ask for pairs that the data set or the batch size cannot give.</exception>
    public static IReadOnlyList<Share> Batches(IReadOnlyList<ClipInfo> clips, LoaderOptions options, int epoch)
    {
        var random = new NamedRandom(options.Seed, $"{options.StreamName}/order/{epoch}");
        var order = options.PairScenes ? Pairs(clips, options, random) : Enumerable.Range(0, clips.Count).ToArray();
        if (options.Shuffle && !options.PairScenes)
            random.Shuffle(order.AsSpan());

        var whole = options.ClipsPerBatch * options.WorldSize;
        return [.. order.Chunk(whole).Where(batch => !options.DropLast || batch.Length == whole).Select(batch => OwnShare(batch, options))];
    }

    private static Share OwnShare(int[] batch, LoaderOptions options)
    {
        if (batch.Length % (options.WorldSize * (options.PairScenes ? 2 : 1)) != 0)
            return new Share(batch, 0, 1);
        var count = batch.Length / options.WorldSize;
        return new Share([.. batch.Skip(options.Rank * count).Take(count)], options.Rank * count, options.WorldSize);
    }

    // Each scene gives as many disjoint pairs of its clips as it can; a scene of three clips leaves one out, another every epoch.
    private static int[] Pairs(IReadOnlyList<ClipInfo> clips, LoaderOptions options, NamedRandom random)
    {
        if (options.ClipsPerBatch % 2 != 0)
            throw new UsageException($"pairs of a scene need an even number of clips a batch, found {options.ClipsPerBatch}");
        var pairs = new List<(int, int)>();
        foreach (var scene in Enumerable.Range(0, clips.Count).Where(i => clips[i].Scene is not null).GroupBy(i => clips[i].Scene))
        {
            var members = scene.ToArray();
            if (options.Shuffle)
                random.Shuffle(members.AsSpan());
            for (var i = 0; i + 1 < members.Length; i += 2)
                pairs.Add((members[i], members[i + 1]));
        }

        if (pairs.Count == 0)
            throw new UsageException("pairs of a scene were asked for, but no two clips of this data set show the same scene");
        var order = pairs.ToArray();
        if (options.Shuffle)
            random.Shuffle(order.AsSpan());
        return [.. order.SelectMany(pair => new[] { pair.Item1, pair.Item2 })];
    }
}
