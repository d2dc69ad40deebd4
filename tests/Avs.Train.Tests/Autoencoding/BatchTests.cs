using Avs.Train.Autoencoding;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Autoencoding;

/// <summary>Which examples make a batch, and what becomes of them before the model sees them.</summary>
public sealed class BatchTests
{
    [Fact]
    public void An_epoch_shows_whole_batches_of_different_examples_in_an_order_of_its_own()
    {
        var order = new EpochOrder(examples: 10, batch: 4, seed: 1);
        long[][] batches = [.. order.From(0).Take(6).Select(rows => rows.ToArray())];

        Assert.Equal(2, order.BatchesPerEpoch);
        Assert.All(batches, rows => Assert.Equal(4, rows.Length));
        Assert.All(batches.Chunk(2), epoch => Assert.Equal(8, epoch.SelectMany(rows => rows).Distinct().Count()));
        Assert.Equal(3, batches.Chunk(2).Select(epoch => string.Join(' ', epoch.SelectMany(rows => rows))).Distinct().Count());
    }

    [Fact]
    public void From_the_middle_of_an_epoch_it_is_the_same_order()
    {
        IEnumerable<long> From(long step) => new EpochOrder(10, 3, 7).From(step).Take(9 - (int)step).SelectMany(rows => rows.ToArray());

        Assert.Equal(From(0).Skip(5 * 3), From(5));
    }

    [Fact]
    public void A_set_smaller_than_a_batch_is_one_batch() =>
        Assert.Equal([0, 1, 2], new EpochOrder(3, 100, 1).From(0).First().ToArray().Order());

    [Theory]
    [InlineData(10, 4, new long[] { 0, 2, 5, 7 })]
    [InlineData(3, 5, new long[] { 0, 1, 2 })]
    [InlineData(3, null, new long[] { 0, 1, 2 })]
    public void Validation_rows_are_spread_over_the_split(int examples, int? wanted, long[] expected) =>
        Assert.Equal(expected, EpochOrder.Spread(examples, wanted));

    [Fact]
    public void Missing_modalities_come_at_their_share_and_one_of_each_example_stays()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var present = MultimodalModel.DrawPresent(4000, 3, 0.6, generator).to(ScalarType.Float32);

        Assert.Equal(1, present.amax([1]).min().item<float>());
        // 0.4 on average, and a third of an example more wherever all three would be missing.
        Assert.Equal(0.4 + 0.6 * 0.6 * 0.6 / 3, present.mean().item<float>(), 0.02);
    }

    [Fact]
    public void Binarized_pixels_are_ones_with_the_pixels_probability()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var images = tensor((float[])[0, 0.25f, 0.75f, 1]).view(1, 1, 2, 2).expand(5000, 1, 2, 2);
        float[] Means(Binarization how) => ExampleData.Binarize(images, how, generator).mean([0]).flatten().data<float>().ToArray();

        Assert.Equal([0, 0.25, 0.75, 1], Means(Binarization.Dynamic).Select(mean => Math.Round(mean * 20) / 20));
        Assert.Equal([0, 0, 1, 1], Means(Binarization.Threshold));
        Assert.Equal([0, 0.25f, 0.75f, 1], Means(Binarization.None));
    }
}
