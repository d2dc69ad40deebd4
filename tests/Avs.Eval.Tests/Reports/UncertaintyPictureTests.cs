using Avs.Eval.Reports;

namespace Avs.Eval.Tests.Reports;

public class UncertaintyPictureTests
{
    [Fact]
    public void Certain_pixels_are_the_frame_in_dark_grey_and_the_least_certain_are_amber()
    {
        // One row of two pixels over a map of one row of two places.
        var picture = UncertaintyPicture.Draw([100, 100, 100, 200, 0, 0], 1, 2, [0, 0.3f], 1, 2);
        Assert.Equal([40, 40, 40, 255, 190, 40], picture);
    }

    [Fact]
    public void A_smaller_map_is_stretched_over_the_frame()
    {
        var picture = UncertaintyPicture.Draw(new byte[4 * 4 * 3], 4, 4, [0, 0, 0, 1], 2, 2);
        Assert.Equal(0, picture[0]);
        Assert.Equal(255, picture[3 * (2 * 4 + 2)]);
        Assert.Equal(255, picture[3 * 15]);
        Assert.Equal(0, picture[3 * (2 * 4 + 1)]);
    }

    [Fact]
    public void A_map_of_another_size_than_it_says_is_refused() =>
        Assert.Throws<ArgumentException>(() => UncertaintyPicture.Draw(new byte[12], 2, 2, [0, 0, 0], 2, 2));
}
