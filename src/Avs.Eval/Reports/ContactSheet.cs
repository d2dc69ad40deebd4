using Avs.Core;
using OpenCvSharp;
using SkiaSharp;

namespace Avs.Eval.Reports;

/// <summary>Draws a <see cref="Sheet"/> as one picture.</summary>
/// <param name="CellWidth">Width of each picture in pixels; its height follows from its frame.</param>
public sealed record ContactSheet(int CellWidth = 208)
{
    private const int Margin = 32;
    private const int Gap = 12;
    private const int RowTitle = 34;
    private const int CaptionLine = 22;

    // A page is at least as wide as its heading, up to this.
    private const int WidestHeading = 1208;

    private static readonly Rgb Ink = new(28, 32, 38);
    private static readonly Rgb Faint = new(106, 114, 126);
    private static readonly Rgb Rule = new(222, 225, 230);
    private static readonly Rgb Paper = new(250, 250, 248);

    private static readonly TextStyle Headline = new(22, Ink, bold: true);
    private static readonly TextStyle Sentence = new(13, Faint);
    private static readonly TextStyle ColumnHeading = new(13, Ink, bold: true);
    private static readonly TextStyle RowHeading = new(13, Ink);
    private static readonly TextStyle Caption = new(11.5f, Faint);

    /// <summary>Draws the sheet and writes it as a PNG file, whole or not at all.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="sheet">What to draw.</param>
    public void Write(string path, Sheet sheet) => AtomicFile.WriteAllBytes(path, Png(sheet));

    /// <summary>The sheet as the bytes of a PNG file.</summary>
    /// <exception cref="ArgumentException">A row has more pictures than there are columns, or an array does not fit its
    /// picture.</exception>
    public byte[] Png(Sheet sheet)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        if (sheet.Rows.FirstOrDefault(row => row.Cells.Count > sheet.Columns.Count) is { } wide)
        {
            throw new ArgumentException(
                $"row '{wide.Title}' has {wide.Cells.Count} pictures for {sheet.Columns.Count} columns", nameof(sheet));
        }

        int RowHeight(SheetRow row) => RowTitle + row.Cells.Select(CellHeight).DefaultIfEmpty(0).Max() + CaptionLine + Gap;
        var rowHeights = sheet.Rows.Select(RowHeight).ToArray();
        var top = Margin + 22 + (sheet.Subtitle.Length > 0 ? 26 : 4) + 42;
        var columns = Math.Max(1, sheet.Columns.Count);
        var heading = Math.Min(WidestHeading, Math.Max(Headline.Measure(sheet.Title), Sentence.Measure(sheet.Subtitle)));
        var width = 2 * Margin + Math.Max(heading, columns * CellWidth + (columns - 1) * Gap);

        // OpenCV places the pictures and Skia writes the texts, both into the same bytes.
        using var page = new Mat(top + rowHeights.Sum() + Margin, width, MatType.CV_8UC4, Paper.ToOpenCv());
        var layout = new SKImageInfo(page.Cols, page.Rows, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using (var surface = SKSurface.Create(layout, page.Data, (int)page.Step()))
        {
            DrawHeading(page, surface.Canvas, sheet, top);
            var y = top;
            for (var row = 0; row < sheet.Rows.Count; row++)
            {
                DrawRow(page, surface.Canvas, sheet.Rows[row], y);
                y += rowHeights[row];
            }
            surface.Flush();
        }
        using var opaque = new Mat();
        Cv2.CvtColor(page, opaque, ColorConversionCodes.BGRA2BGR);
        return opaque.ToBytes(".png");
    }

    /// <summary>One picture with its masks, <see cref="CellWidth"/> pixels wide, as the bytes of an image file.</summary>
    /// <param name="cell">The picture; its caption is not drawn.</param>
    /// <param name="extension">The kind of file, .png or .jpg.</param>
    public byte[] Picture(SheetCell cell, string extension = ".png")
    {
        using var picture = Draw(cell);
        return extension == ".jpg"
            ? picture.ToBytes(extension, new ImageEncodingParam(ImwriteFlags.JpegQuality, 92))
            : picture.ToBytes(extension);
    }

    private void DrawHeading(Mat page, SKCanvas canvas, Sheet sheet, int top)
    {
        var width = page.Cols - 2 * Margin;
        Headline.Write(canvas, Headline.Fit(sheet.Title, width), Margin, Margin + 18);
        Sentence.Write(canvas, Sentence.Fit(sheet.Subtitle, width), Margin, Margin + 44);
        for (var column = 0; column < sheet.Columns.Count; column++)
            ColumnHeading.Write(canvas, ColumnHeading.Fit(sheet.Columns[column], CellWidth), Left(column), top - 12);
    }

    private void DrawRow(Mat page, SKCanvas canvas, SheetRow row, int y)
    {
        using (var rule = new SKPaint { Color = Rule.ToSkia() })
            canvas.DrawRect(Margin, y, page.Cols - 2 * Margin, 1, rule);
        RowHeading.Write(canvas, RowHeading.Fit(row.Title, page.Cols - 2 * Margin), Margin, y + 22);
        for (var column = 0; column < row.Cells.Count; column++)
        {
            var cell = row.Cells[column];
            using var picture = Draw(cell);
            using var place = page[new Rect(Left(column), y + RowTitle, picture.Cols, picture.Rows)];
            Cv2.CvtColor(picture, place, ColorConversionCodes.BGR2BGRA);
            Caption.Write(canvas, Caption.Fit(cell.Caption, CellWidth), Left(column), y + RowTitle + picture.Rows + 16);
        }
    }

    private Mat Draw(SheetCell cell)
    {
        using var frame = Overlay.Frame(cell.Rgb, cell.Height, cell.Width);
        var interpolation = CellWidth < cell.Width ? InterpolationFlags.Area : InterpolationFlags.Cubic;
        var picture = frame.Resize(new Size(CellWidth, CellHeight(cell)), interpolation: interpolation);
        var style = new OverlayStyle(cell.Colour ?? Reports.Rgb.Prediction);
        if (cell.Classes is not null)
            Overlay.PaintClasses(picture, cell.Classes, cell.Height, cell.Width);
        else if (cell.Mask is not null)
            Paint(cell.Mask, style with { ContourWidth = 0 });
        // Under the contour of the mask: where the two agree, the mask's colour has a white border.
        if (cell.Outline is not null)
            Paint(cell.Outline, new OverlayStyle(new Rgb(255, 255, 255), Opacity: 0, ContourWidth: 2));
        if (cell.Mask is not null && cell.Classes is null)
            Paint(cell.Mask, style with { Opacity = 0, Rim = cell.Outline is null });
        return picture;

        void Paint(float[] mask, OverlayStyle how) => Overlay.Paint(picture, mask, cell.Height, cell.Width, how);
    }

    private int CellHeight(SheetCell cell) => Math.Max(1, (int)Math.Round((double)CellWidth * cell.Height / cell.Width));

    private int Left(int column) => Margin + column * (CellWidth + Gap);
}
