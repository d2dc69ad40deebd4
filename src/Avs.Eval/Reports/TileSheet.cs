using SkiaSharp;

namespace Avs.Eval.Reports;

/// <summary>A small picture.</summary>
/// <param name="Rgb">Bytes [H, W, 3], red first.</param>
/// <param name="Height">H in pixels.</param>
/// <param name="Width">W in pixels.</param>
/// <param name="Caption">A few words below it; may be empty.</param>
public sealed record Tile(byte[] Rgb, int Height, int Width, string Caption = "");

/// <summary>A row of small pictures.</summary>
/// <param name="Title">What stands at the left of it; may be empty.</param>
/// <param name="Tiles">Null leaves a place empty.</param>
public sealed record TileRow(string Title, IReadOnlyList<Tile?> Tiles);

/// <summary>Draws rows of pictures of a few pixels, each pixel a whole square, as one picture.</summary>
/// <param name="Columns">A heading for each column; empty for none.</param>
public sealed record TileSheet(string Name, string Title, string Subtitle, IReadOnlyList<string> Columns, IReadOnlyList<TileRow> Rows)
{
    private const int Margin = 20, CaptionLine = 17, MostTitle = 200;

    private static readonly Rgb Ink = new(28, 32, 38), Faint = new(90, 98, 110);
    private static readonly TextStyle Headline = new(20, Ink, bold: true);
    private static readonly TextStyle Sentence = new(13, Faint);
    private static readonly TextStyle Heading = new(13, Ink);
    private static readonly TextStyle Caption = new(11.5f, Faint);

    /// <summary>Pixels between pictures; 0 puts them edge to edge.</summary>
    public int Gap { get; init; } = 6;

    /// <summary>The least side of a picture on the sheet, in pixels.</summary>
    public int TileSide { get; init; } = 72;

    /// <summary>Draws the sheet.</summary>
    public Figure Draw()
    {
        var tiles = Rows.SelectMany(row => row.Tiles).OfType<Tile>().ToArray();
        if (tiles.Length == 0)
            throw new InvalidOperationException("a sheet without pictures");
        var scale = Math.Max(1, (TileSide + tiles.Max(tile => tile.Width) - 1) / tiles.Max(tile => tile.Width));
        var (tileWidth, tileHeight) = (scale * tiles.Max(tile => tile.Width), scale * tiles.Max(tile => tile.Height));
        var titles = Rows.Any(row => row.Title.Length > 0) ? Math.Min(MostTitle, Rows.Max(row => Heading.Measure(row.Title))) + 12 : 0;
        var columns = Rows.Max(row => row.Tiles.Count);
        var captions = Rows.Select(row => row.Tiles.Any(tile => tile?.Caption.Length > 0) ? CaptionLine : 0).ToArray();
        var width = 2 * Margin + Math.Max(Math.Max(titles + columns * (tileWidth + Gap) - Gap, Headline.Measure(Title)), 420);
        var lines = Sentence.Wrap(Subtitle, width - 2 * Margin);
        var top = Margin + 26 + lines.Count * 19 + (Columns.Count > 0 ? 22 : 6);
        var height = top + Rows.Count * (tileHeight + Gap) + captions.Sum() + Margin;

        using var page = SKSurface.Create(new SKImageInfo(width, height));
        var canvas = page.Canvas;
        canvas.Clear(SKColors.White);
        Headline.Write(canvas, Title, Margin, Margin + 14);
        for (var i = 0; i < lines.Count; i++)
            Sentence.Write(canvas, lines[i], Margin, Margin + 38 + i * 19);
        int Left(int column) => Margin + titles + column * (tileWidth + Gap);
        for (var column = 0; column < Columns.Count; column++)
            Centered(canvas, Heading, Columns[column], Left(column), tileWidth, top - 6);
        var y = top;
        for (var row = 0; row < Rows.Count; row++)
        {
            if (titles > 0)
                Heading.Write(canvas, Heading.Fit(Rows[row].Title, MostTitle), Margin, y + tileHeight / 2f + 5);
            for (var column = 0; column < Rows[row].Tiles.Count; column++)
            {
                if (Rows[row].Tiles[column] is not { } tile)
                    continue;
                using var image = Image(tile);
                canvas.DrawImage(
                    image, new SKRect(Left(column), y, Left(column) + tileWidth, y + tileHeight),
                    new SKSamplingOptions(SKFilterMode.Nearest));
                Centered(canvas, Caption, tile.Caption, Left(column), tileWidth, y + tileHeight + 13);
            }
            y += tileHeight + Gap + captions[row];
        }
        using var picture = page.Snapshot();
        using var png = picture.Encode(SKEncodedImageFormat.Png, quality: 100);
        return new Figure(Name, Title, png.ToArray());
    }

    private void Centered(SKCanvas canvas, TextStyle style, string text, int left, int width, int baseline)
    {
        var shown = style.Fit(text, width + Gap);
        style.Write(canvas, shown, left + (width - style.Measure(shown)) / 2f, baseline);
    }

    private static SKImage Image(Tile tile)
    {
        if (tile.Rgb.Length != tile.Height * tile.Width * 3)
            throw new InvalidOperationException(
                $"a picture of {tile.Width}x{tile.Height} has {tile.Height * tile.Width * 3} bytes, not {tile.Rgb.Length}");
        var rgba = new byte[tile.Height * tile.Width * 4];
        for (var i = 0; i < tile.Height * tile.Width; i++)
        {
            tile.Rgb.AsSpan(3 * i, 3).CopyTo(rgba.AsSpan(4 * i));
            rgba[4 * i + 3] = 255;
        }
        return SKImage.FromPixelCopy(new SKImageInfo(tile.Width, tile.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), rgba);
    }
}
