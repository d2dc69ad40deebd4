using Avs.Core;
using OpenCvSharp;

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

    private static readonly TextPen Headline = new(17, Ink, 2.0);
    private static readonly TextPen Sentence = new(9.5, Faint, 1.1);
    private static readonly TextPen ColumnHeading = new(10, Ink, 1.5);
    private static readonly TextPen RowHeading = new(10, Ink, 1.2);
    private static readonly TextPen Caption = new(8.5, Faint, 1.05);

    /// <summary>Draws the sheet and writes it as a PNG file, whole or not at all.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="sheet">What to draw.</param>
    public void Write(string path, Sheet sheet) => AtomicFile.WriteAllBytes(path, Png(sheet));

    /// <summary>The sheet as the bytes of a PNG file.</summary>
    /// <param name="sheet">What to draw.</param>
    /// <exception cref="ArgumentException">A row has more pictures than there are columns, or a picture's arrays are not of its size.</exception>
    public byte[] Png(Sheet sheet)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        foreach (var row in sheet.Rows)
            if (row.Cells.Count > sheet.Columns.Count)
                throw new ArgumentException($"row '{row.Title}' has {row.Cells.Count} pictures for {sheet.Columns.Count} columns", nameof(sheet));

        var rowHeights = sheet.Rows.Select(row => RowTitle + row.Cells.Select(CellHeight).DefaultIfEmpty(0).Max() + CaptionLine + Gap).ToArray();
        var top = Margin + 22 + (sheet.Subtitle.Length > 0 ? 26 : 4) + 42;
        var columns = Math.Max(1, sheet.Columns.Count);
        var heading = Math.Min(WidestHeading, Math.Max(Headline.Measure(sheet.Title), Sentence.Measure(sheet.Subtitle)));
        var width = 2 * Margin + Math.Max(heading, columns * CellWidth + (columns - 1) * Gap);
        using var page = new Mat(top + rowHeights.Sum() + Margin, width, MatType.CV_8UC3, Paper.Scalar);

        DrawHeading(page, sheet, top);
        var y = top;
        for (var r = 0; r < sheet.Rows.Count; r++)
        {
            DrawRow(page, sheet.Rows[r], y);
            y += rowHeights[r];
        }
        return page.ToBytes(".png");
    }

    /// <summary>One picture with its masks, <see cref="CellWidth"/> pixels wide, as the bytes of an image file.</summary>
    /// <param name="cell">The picture.</param>
    /// <param name="extension">The kind of file, .png or .jpg.</param>
    public byte[] Picture(SheetCell cell, string extension = ".png")
    {
        using var picture = Draw(cell);
        return picture.ToBytes(extension, new ImageEncodingParam(ImwriteFlags.JpegQuality, 92));
    }

    private void DrawHeading(Mat page, Sheet sheet, int top)
    {
        var width = page.Cols - 2 * Margin;
        Headline.Write(page, Headline.Fit(sheet.Title, width), Margin, Margin + 18);
        if (sheet.Subtitle.Length > 0) Sentence.Write(page, Sentence.Fit(sheet.Subtitle, width), Margin, Margin + 44);
        for (var c = 0; c < sheet.Columns.Count; c++)
            ColumnHeading.Write(page, ColumnHeading.Fit(sheet.Columns[c], CellWidth), Left(c), top - 12);
    }

    private void DrawRow(Mat page, SheetRow row, int y)
    {
        Cv2.Line(page, Margin, y, page.Cols - Margin - 1, y, Rule.Scalar);
        RowHeading.Write(page, RowHeading.Fit(row.Title, page.Cols - 2 * Margin), Margin, y + 22);
        for (var c = 0; c < row.Cells.Count; c++)
        {
            var cell = row.Cells[c];
            using var picture = Draw(cell);
            page[new Rect(Left(c), y + RowTitle, picture.Cols, picture.Rows)] = picture;
            Caption.Write(page, Caption.Fit(cell.Caption, CellWidth), Left(c), y + RowTitle + picture.Rows + 16);
        }
    }

    private Mat Draw(SheetCell cell)
    {
        using var frame = Overlay.Frame(cell.Rgb, cell.Height, cell.Width);
        var shrinks = CellWidth < cell.Width;
        var picture = frame.Resize(new Size(CellWidth, CellHeight(cell)), interpolation: shrinks ? InterpolationFlags.Area : InterpolationFlags.Cubic);
        var style = new OverlayStyle(cell.Colour ?? Reports.Rgb.Prediction);
        if (cell.Mask is not null) Paint(cell.Mask, style with { ContourWidth = 0 });
        // Under the contour of the mask: where the two agree, the mask's colour has a white border.
        if (cell.Outline is not null) Paint(cell.Outline, new OverlayStyle(new Rgb(255, 255, 255), Opacity: 0, ContourWidth: 2));
        if (cell.Mask is not null) Paint(cell.Mask, style with { Opacity = 0, Rim = cell.Outline is null });
        return picture;

        void Paint(float[] mask, OverlayStyle how) => Overlay.Paint(picture, mask, cell.Height, cell.Width, how);
    }

    private int CellHeight(SheetCell cell) => Math.Max(1, (int)Math.Round((double)CellWidth * cell.Height / cell.Width));

    private int Left(int column) => Margin + column * (CellWidth + Gap);
}
