using System.Buffers.Binary;
using System.Text;
using Avs.Core;
using Avs.Eval.Reports;
using Avs.Eval.RunReports;

namespace Avs.Eval.Tests.RunReports;

public class GalleryFigureTests
{
    private static GalleryFigure Create(double width = 240)
    {
        var grey = new byte[3 * 8 * 8];
        Array.Fill(grey, (byte)90);
        var mask = new float[8 * 8];
        Array.Fill(mask, 1f, 0, 20);
        SheetCell Cell(float[]? over) => new(grey, 8, 8, over, "");
        return new GalleryFigure(
            new Sheet("figure", "", ["image", "truth", "ours"],
                [new SheetRow("violin", [Cell(null), Cell(mask), Cell(mask)]),
                    new SheetRow("a category of many words", [Cell(null), Cell(mask), Cell(mask)])]),
            width);
    }

    [Fact]
    public void A_picture_has_300_dots_to_the_inch_and_says_so()
    {
        var png = Create().Png();

        Assert.Equal(1000, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16))); // 240 points of 72 to the inch
        Assert.Equal("pHYs", Encoding.ASCII.GetString(png, 37, 4));
        Assert.Equal(11811, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(41))); // dots to the metre
        using var read = OpenCvSharp.Cv2.ImDecode(png, OpenCvSharp.ImreadModes.Color);
        Assert.Equal(1000, read.Width);
    }

    [Fact]
    public void A_document_is_as_wide_as_it_is_printed_and_holds_letters()
    {
        var pdf = Encoding.Latin1.GetString(Create().Pdf());

        Assert.StartsWith("%PDF-", pdf);
        Assert.Contains("/MediaBox [0 0 240 ", pdf);
        Assert.Contains("/Type /Font", pdf);
        Assert.DoesNotContain("/CreationDate", pdf);
    }

    [Fact]
    public void The_same_clips_make_the_same_files()
    {
        Assert.Equal(Create().Pdf(), Create().Pdf());
        Assert.Equal(Create().Png(), Create().Png());
    }

    [Fact]
    public void Another_kind_of_file_is_refused() =>
        Assert.Contains("expected a file .pdf or .png", Assert.Throws<UsageException>(() => Create().Write("figure.tiff")).Message);
}
