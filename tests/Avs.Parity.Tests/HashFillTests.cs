using Avs.Parity.Comparison;

namespace Avs.Parity.Tests;

public class HashFillTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("encoder.conv1.weight", 575535955u)]
    public void Checksum_is_the_one_of_zlib(string text, uint expected) => Assert.Equal(expected, HashFill.Crc32(text));

    [Fact]
    public void A_matrix_is_bounded_by_its_fan_in() =>
        Assert.All(HashFill.Weight("layer.weight", [8, 3, 2, 2]), value => Assert.InRange(value, -0.5f, 0.5f));

    [Fact]
    public void An_entry_without_a_rule_is_not_covered() =>
        Assert.Throws<NotCoveredException>(() => HashFill.Weight("layer.gamma", [8]));

    [Fact]
    public void Frames_listed_as_empty_have_no_disk()
    {
        var masks = HashFill.Disks("masks", [2, 1, 8, 8], [1]);
        Assert.Contains(1f, masks[..64]);
        Assert.All(masks[64..], value => Assert.Equal(0f, value));
    }
}
