using System.Buffers.Binary;
using System.IO.Hashing;
using Avs.Core;
using Avs.Eval.Reports;
using SkiaSharp;

namespace Avs.Eval.RunReports;

/// <summary>
/// Draws a <see cref="Sheet"/> as a figure of a paper: a heading above each column, a word beside each row, nothing else. The file is as
/// wide as it will be printed, so that its letters have the size of the text around it.
/// </summary>
/// <param name="Sheet">Its titles of rows stand at their left, from below upwards; its own title is not drawn.</param>
/// <param name="Width">In points, 72 to the inch.</param>
public sealed record GalleryFigure(Sheet Sheet, double Width)
{
    /// <summary>Dots to the inch of pictures.</summary>
    public const int Resolution = 300;

    private const float PointsPerInch = 72, Gap = 2.5f, HeadingLine = 12, LabelColumn = 11;

    private static readonly Rgb Ink = new(0, 0, 0);
    private static readonly TextStyle Heading = new(8, Ink, scaled: true);

    private float Left => Sheet.Rows.Any(row => row.Title.Length > 0) ? LabelColumn : 0;

    private float CellWidth => ((float)Width - Left - (Sheet.Columns.Count - 1) * Gap) / Sheet.Columns.Count;

    private float Height => HeadingLine + Sheet.Rows.Sum(RowHeight) + (Sheet.Rows.Count - 1) * Gap;

    /// <summary>Writes the figure, whole or not at all.</summary>
    /// <param name="path">A .pdf or .png file; its folder exists.</param>
    /// <exception cref="UsageException">It is of another kind.</exception>
    public void Write(string path) => AtomicFile.WriteAllBytes(path, Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".pdf" => Pdf(),
        ".png" => Png(),
        var kind => throw new UsageException($"--out: found '{path}' of the kind '{kind}', expected a file .pdf or .png"),
    });

    /// <summary>As a PDF file of one page: letters are letters, pictures have <see cref="Resolution"/>.</summary>
    public byte[] Pdf()
    {
        using var bytes = new MemoryStream();
        var metadata = SKDocumentPdfMetadata.Default;
        (metadata.Title, metadata.Creator, metadata.RasterDpi) = (Sheet.Title, "avs gallery", Resolution);
        using (var document = SKDocument.CreatePdf(bytes, metadata))
        {
            Paint(document.BeginPage((float)Width, Height), ".jpg"); // goes into the file as it is
            document.EndPage();
            document.Close();
        }
        return bytes.ToArray();
    }

    /// <summary>As a PNG file of <see cref="Resolution"/> that states it.</summary>
    public byte[] Png()
    {
        const float scale = Resolution / PointsPerInch;
        using var page = SKSurface.Create(new SKImageInfo((int)Math.Round(Width * scale), (int)Math.Round(Height * scale)));
        page.Canvas.Clear(SKColors.White);
        page.Canvas.Scale(scale);
        Paint(page.Canvas, ".png");
        using var image = page.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return WithResolution(png.ToArray());
    }

    private void Paint(SKCanvas canvas, string kind)
    {
        var drawing = new ContactSheet((int)Math.Round(CellWidth / PointsPerInch * Resolution));
        for (var column = 0; column < Sheet.Columns.Count; column++)
        {
            var text = Heading.Fit(Sheet.Columns[column], (int)CellWidth);
            Heading.Write(canvas, text, X(column) + (CellWidth - Heading.Measure(text)) / 2, HeadingLine - 4);
        }
        var y = HeadingLine;
        foreach (var row in Sheet.Rows)
        {
            var height = RowHeight(row);
            WriteLabel(canvas, row.Title, y, height);
            for (var column = 0; column < row.Cells.Count; column++)
            {
                using var data = SKData.CreateCopy(drawing.Picture(row.Cells[column], kind));
                using var image = SKImage.FromEncodedData(data);
                canvas.DrawImage(
                    image, SKRect.Create(X(column), y, CellWidth, CellHeight(row.Cells[column])),
                    new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
            }
            y += height + Gap;
        }
    }

    private static void WriteLabel(SKCanvas canvas, string title, float y, float height)
    {
        var text = Heading.Fit(title, (int)height);
        canvas.Save();
        canvas.Translate(LabelColumn - 4, y + (height + Heading.Measure(text)) / 2);
        canvas.RotateDegrees(-90);
        Heading.Write(canvas, text, 0, 0);
        canvas.Restore();
    }

    private float X(int column) => Left + column * (CellWidth + Gap);

    private float RowHeight(SheetRow row) => row.Cells.Max(CellHeight);

    private float CellHeight(SheetCell cell) => CellWidth * cell.Height / cell.Width;

    // Skia writes no resolution: a pHYs chunk (PNG 11.3.4.3) after the header, whose length is fixed.
    private static byte[] WithResolution(byte[] png)
    {
        const int header = 8 + 25, perMetre = (int)(Resolution / 0.0254 + 0.5);
        var chunk = new byte[21];
        BinaryPrimitives.WriteInt32BigEndian(chunk, 9);
        "pHYs"u8.CopyTo(chunk.AsSpan(4));
        BinaryPrimitives.WriteInt32BigEndian(chunk.AsSpan(8), perMetre);
        BinaryPrimitives.WriteInt32BigEndian(chunk.AsSpan(12), perMetre);
        chunk[16] = 1; // to the metre
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(17), Crc32.HashToUInt32(chunk.AsSpan(4, 13)));
        return [.. png[..header], .. chunk, .. png[header..]];
    }
}
