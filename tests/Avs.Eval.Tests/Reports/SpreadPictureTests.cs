using Avs.Eval.Reports;
using OpenCvSharp;

namespace Avs.Eval.Tests.Reports;

public class SpreadPictureTests
{
    private static readonly Scalar BlueFrom = new(200, 90, 10), BlueTo = new(255, 130, 60);

    private static Mat Draw(params SpreadPoint?[] points)
    {
        var places = points.Select((_, i) => $"place {i}").ToArray();
        using var page = Cv2.ImDecode(
            new SpreadPicture("t", "x", "y", places, [new SpreadSeries("s", points)], Joined: false).Png(400, 300), ImreadModes.Color);
        var blue = new Mat();
        Cv2.InRange(page, BlueFrom, BlueTo, blue);
        return blue;
    }

    [Fact]
    public void A_value_that_scatters_has_a_bar_beside_its_point()
    {
        using var sure = Draw(new SpreadPoint(1, 0), new SpreadPoint(2, 0));
        using var scattered = Draw(new SpreadPoint(1, .4), new SpreadPoint(2, 0));

        Assert.InRange(sure.CountNonZero(), 40, 200); // two points
        Assert.True(scattered.CountNonZero() > sure.CountNonZero() + 60);
    }

    [Fact]
    public void A_place_without_a_value_stays_empty()
    {
        using var blue = Draw(new SpreadPoint(1, 0), null, new SpreadPoint(double.NaN, 0), new SpreadPoint(2, 0));

        using Mat left = blue[new Rect(0, 0, 130, 300)], middle = blue[new Rect(160, 0, 130, 300)];
        Assert.True(left.CountNonZero() > 20);
        Assert.Equal(0, middle.CountNonZero());
    }

    [Fact]
    public void Long_names_and_many_series_can_be_drawn() => Assert.NotEmpty(new SpreadPicture("t", "", "y",
        [.. Enumerable.Range(0, 10).Select(i => $"a rather long name of a place, number {i}")],
        [.. Enumerable.Range(0, 9).Select(i =>
            new SpreadSeries($"{i}", [.. Enumerable.Range(0, 10).Select(j => new SpreadPoint(i + j, 1))]))],
        Joined: true).Png());
}
