using Avs.Data.Media;
using Avs.Eval.Reports;
using OpenCvSharp;

namespace Avs.Eval.Tests.Reports;

public class CurvePictureTests
{
    [Fact]
    public void A_rising_curve_rises_in_the_picture()
    {
        var png = new CurvePicture(400, 200).Png(new Plot("t", "step", [new Curve("c", [0, 1], [0, 1])], 0, 1));
        using var page = Cv2.ImDecode(png, ImreadModes.Color);
        Assert.Equal((200, 400), (page.Rows, page.Cols));
        Assert.True(Blue(page, left: true) > Blue(page, left: false) + 20);

        // Mean row of the blue pixels in the left or right part of the axes.
        static double Blue(Mat page, bool left)
        {
            using var part = page[new Rect(left ? 90 : 280, 55, 80, 100)];
            using var blue = new Mat();
            Cv2.InRange(part, new Scalar(200, 90, 10), new Scalar(255, 130, 60), blue);
            var rows = Enumerable.Range(0, blue.Rows).Where(y => Enumerable.Range(0, blue.Cols).Any(x => blue.Get<byte>(y, x) > 0));
            return rows.Average();
        }
    }

    [Fact]
    public void Plots_stand_below_one_another_each_with_its_text()
    {
        var plot = new Plot("loss", "step", [new Curve("total", [0, 1], [0, 1])]);
        using var page = Cv2.ImDecode(new CurvePicture(400, 200).Png(plot, plot), ImreadModes.Grayscale);
        Assert.Equal((400, 400), (page.Rows, page.Cols));
        using Mat first = page[new Rect(0, 0, 400, 200)], second = page[new Rect(0, 200, 400, 200)];
        Assert.Equal(0, Cv2.Norm(first, second, NormTypes.INF));
        using var heading = first[new Rect(100, 20, 200, 28)];
        heading.GetBytes(out var pixels);
        Assert.Contains(pixels, pixel => pixel < 60); // dark letters, whatever fonts the machine has
    }

    [Fact]
    public void Gaps_constants_and_single_points_can_be_drawn() =>
        Assert.NotEmpty(new CurvePicture().Png(
            new Plot("gap", "", [new Curve("c", [0, 1, 2], [1, double.NaN, 1])]),
            new Plot("point", "", [new Curve("c", [5], [5])]),
            new Plot("nothing", "", [])));

    [Fact]
    public void A_curve_of_uneven_lists_is_refused() =>
        Assert.Throws<ArgumentException>(() => new CurvePicture().Png(new Plot("", "", [new Curve("c", [0, 1], [0])])));
}
