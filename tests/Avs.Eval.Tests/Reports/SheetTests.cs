using Avs.Data.Media;
using Avs.Eval.Reports;
using Fluid;
using OpenCvSharp;

namespace Avs.Eval.Tests.Reports;

public class SheetTests
{
    private static SheetCell Cell(byte grey, float[]? mask = null) => new([.. Enumerable.Repeat(grey, 8 * 8 * 3)], 8, 8, mask, "IoU 0.5");

    private static Sheet TwoRows() => new("A sheet", "of two rows", ["Frame", "Prediction"],
        [new SheetRow("first", [Cell(0), Cell(0, [.. Enumerable.Repeat(1f, 64)])]), new SheetRow("second", [Cell(90)])]);

    [Fact]
    public void The_page_is_as_wide_as_its_columns()
    {
        using var page = Cv2.ImDecode(new ContactSheet(CellWidth: 100).Png(TwoRows()), ImreadModes.Color);
        Assert.Equal(2 * 32 + 2 * 100 + 12, page.Cols);
        Assert.True(page.Rows > 2 * 100);
    }

    [Fact]
    public void A_long_heading_widens_the_page()
    {
        var one = new Sheet("A sheet", "a sentence that is much longer than its one small picture is wide", [""],
            [new SheetRow("first", [Cell(0)])]);
        using var page = Cv2.ImDecode(new ContactSheet(CellWidth: 100).Png(one), ImreadModes.Grayscale);
        using var right = page[new Rect(3 * 100, 0, page.Cols - 3 * 100, 100)];
        right.GetBytes(out var pixels);
        Assert.Contains(pixels, p => p < 150); // letters
    }

    [Fact]
    public void A_frame_keeps_its_colours_on_the_page()
    {
        using var page = Cv2.ImDecode(new ContactSheet(CellWidth: 100).Png(TwoRows()), ImreadModes.Grayscale);
        using var column = page[new Rect(32 + 50, 0, 1, page.Rows)];
        column.GetBytes(out var pixels);
        Assert.Equal(100, pixels.Count(p => p == 0));
        Assert.Equal(100, pixels.Count(p => p == 90));
    }

    [Fact]
    public void A_row_with_more_pictures_than_columns_is_refused() =>
        Assert.Throws<ArgumentException>(() => new ContactSheet().Png(new Sheet("", "", ["one"], [new SheetRow("r", [Cell(1), Cell(2)])])));

    [Fact]
    public void A_sheet_without_rows_is_a_page_without_pictures()
    {
        using var page = Cv2.ImDecode(new ContactSheet().Png(new Sheet("Nothing", "", [], [])), ImreadModes.Color);
        Assert.False(page.Empty());
    }

    [Fact]
    public void The_web_page_holds_its_pictures_and_escapes_its_texts()
    {
        var page = HtmlPage.Page(TwoRows() with { Title = "<dogs> & cats" }, new Table(["audio", "mIoU"], [["muted", "0.155"]]));
        Assert.Contains("<h1>&lt;dogs&gt; &amp; cats</h1>", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"right\">0.155</td>", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split("data:image/jpeg;base64,").Length - 1);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_in_the_template_that_nothing_has_is_an_error()
    {
        var page = new HtmlPage.PageModel("title", "", [], [], 1, [new HtmlPage.RowModel("row", [])]);
        Assert.Equal("title", HtmlPage.Render(HtmlPage.Parse("{{ title }}"), page));
        Assert.Throws<FluidException>(() => HtmlPage.Render(HtmlPage.Parse("{{ titel }}"), page));
        Assert.Throws<FluidException>(() => HtmlPage.Render(HtmlPage.Parse("{% for row in rows %}{{ row.titel }}{% endfor %}"), page));
    }

    [Fact]
    public void Embedded_pictures_decode()
    {
        var page = HtmlPage.Page(TwoRows(), null);
        var start = page.IndexOf("base64,", StringComparison.Ordinal) + 7;
        using var picture = Cv2.ImDecode(Convert.FromBase64String(page[start..page.IndexOf('"', start)]), ImreadModes.Color);
        Assert.Equal((224, 224), (picture.Rows, picture.Cols));
    }
}
