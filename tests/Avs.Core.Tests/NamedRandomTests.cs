namespace Avs.Core.Tests;

public sealed class NamedRandomTests
{
    [Fact]
    public void Same_seed_and_name_give_the_same_numbers()
    {
        var (a, b) = (new NamedRandom(7, "clips"), new NamedRandom(7, "clips"));
        Assert.Equal(Enumerable.Range(0, 50).Select(_ => a.NextUInt64()), Enumerable.Range(0, 50).Select(_ => b.NextUInt64()));
    }

    [Theory]
    [InlineData(7, "sounds")]
    [InlineData(8, "clips")]
    public void Another_seed_or_name_gives_other_numbers(long seed, string name) =>
        Assert.NotEqual(new NamedRandom(7, "clips").NextUInt64(), new NamedRandom(seed, name).NextUInt64());

    [Fact]
    public void A_saved_state_continues_the_stream()
    {
        var first = new NamedRandom(1, "x");
        first.NextNormal();
        var second = new NamedRandom(2, "y") { State = first.State };
        Assert.Equal(first.NextDouble(), second.NextDouble());
    }

    [Fact]
    public void Integers_cover_their_range_evenly()
    {
        var random = new NamedRandom(3, "even");
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
            counts[random.NextInt(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void Normal_numbers_have_mean_zero_and_variance_one()
    {
        var random = new NamedRandom(4, "normal");
        var values = Enumerable.Range(0, 100_000).Select(_ => random.NextNormal()).ToArray();
        Assert.Equal(0, values.Average(), 0.02);
        Assert.Equal(1, values.Average(v => v * v), 0.03);
    }

    [Fact]
    public void Shuffling_keeps_every_item()
    {
        var items = Enumerable.Range(0, 100).ToArray();
        new NamedRandom(5, "order").Shuffle(items.AsSpan());
        Assert.NotEqual(Enumerable.Range(0, 100), items);
        Assert.Equal(Enumerable.Range(0, 100), items.Order());
    }
}
