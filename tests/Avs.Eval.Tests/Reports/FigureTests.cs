using Avs.Eval.Reports;
using OpenCvSharp;

namespace Avs.Eval.Tests.Reports;

public sealed class FigureTests
{
    private static TileSheet Sheet(params byte[][] pictures) => new(
        "sheet", "Title", "", [], [new TileRow("row", [.. pictures.Select(rgb => new Tile(rgb, 1, 2))])])
    { TileSide = 40, Gap = 0 };

    [Fact]
    public void A_pixel_of_a_tile_becomes_a_square_of_its_colour()
    {
        using var page = Cv2.ImDecode(Sheet([200, 0, 0, 0, 0, 200], [0, 200, 0, 0, 200, 0]).Draw().Png, ImreadModes.Color);

        // Two pixels of 20x20 each, then two more.
        foreach (var colour in new[] { new Scalar(0, 0, 200), new Scalar(200, 0, 0) })
            Assert.Equal(400, Count(page, colour));
        Assert.Equal(800, Count(page, new Scalar(0, 200, 0)));

        static int Count(Mat page, Scalar colour)
        {
            using var found = new Mat();
            Cv2.InRange(page, colour, colour, found);
            return Cv2.CountNonZero(found);
        }
    }

    [Fact]
    public void A_tile_of_another_size_is_refused() =>
        Assert.Contains("a picture of 2x1 has 6 bytes, not 5", Assert.Throws<InvalidOperationException>(
            () => Sheet([1, 2, 3, 4, 5]).Draw()).Message);

    [Fact]
    public void A_figure_is_written_as_png_and_svg()
    {
        var folder = Directory.CreateTempSubdirectory("avs-figure-");
        var figure = new Figure("name", "title", [1, 2], "<svg/>");

        var written = figure.Write(Path.Combine(folder.FullName, "new"));

        Assert.Equal(["name.png", "name.svg"], written.Select(Path.GetFileName));
        Assert.Equal("<svg/>", File.ReadAllText(written[1]));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_page_of_figures_holds_its_pictures_and_escapes_its_texts()
    {
        var report = new FigureReport(
            [new Figure("a", "one <two>", [1, 2, 3])], [new TitledTable("numbers", new Table(["n"], [["7"]]))], ["a & b"]);
        var page = FigurePage.Create("T", "S", [new FigureSection("first", "look", [report], "page.html", "open")]);

        Assert.Contains("data:image/png;base64,AQID", page);
        Assert.Contains("one &lt;two&gt;", page);
        Assert.Contains("a &amp; b", page);
        Assert.Contains("<a href=\"page.html\">open</a>", page);
        Assert.Contains("<td class=\"right\">7</td>", page);
    }

    [Fact]
    public void Classes_have_colours_of_their_own() =>
        Assert.Equal(41, Enumerable.Range(-1, 41).Select(ClassColours.ForClass).Distinct().Count());
}
