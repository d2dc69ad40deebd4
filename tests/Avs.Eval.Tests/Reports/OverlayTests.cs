using Avs.Eval.Reports;

namespace Avs.Eval.Tests.Reports;

public class OverlayTests
{
    private static readonly OverlayStyle TintOnly = new(new Rgb(200, 100, 0), Opacity: 0.5, ContourWidth: 0);

    [Fact]
    public void The_tint_falls_on_the_mask_only()
    {
        byte[] frame = [10, 20, 30, 10, 20, 30];
        Assert.Equal([10, 20, 30, 105, 60, 15], Overlay.Blend(frame, 1, 2, [0f, 1f], TintOnly));
    }

    [Fact]
    public void A_probability_of_one_half_is_background()
    {
        byte[] frame = [10, 20, 30, 10, 20, 30];
        Assert.Equal(frame, Overlay.Blend(frame, 1, 2, [0.5f, 0.2f], TintOnly));
    }

    [Fact]
    public void The_contour_has_the_colour_of_the_style()
    {
        const int side = 40;
        var mask = new float[side * side];
        for (var y = 5; y < 35; y++)
            for (var x = 5; x < 35; x++) mask[y * side + x] = 1;
        var picture = Overlay.Blend(new byte[side * side * 3], side, side, mask,
            new OverlayStyle(new Rgb(200, 100, 0), Opacity: 0, ContourWidth: 3));
        byte[] edge = picture[((5 * side + 20) * 3)..((5 * side + 21) * 3)],
            middle = picture[((20 * side + 20) * 3)..((20 * side + 21) * 3)];
        Assert.Equal([200, 100, 0], edge);
        Assert.Equal([0, 0, 0], middle);
    }

    [Fact]
    public void A_mask_of_another_size_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => Overlay.Blend(new byte[12], 2, 2, new float[3], TintOnly));
        Assert.StartsWith("a mask of 2x2 pixels has 4 values, not 3", e.Message, StringComparison.Ordinal);
    }
}
