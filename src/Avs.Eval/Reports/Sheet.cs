namespace Avs.Eval.Reports;

/// <summary>One picture of a sheet.</summary>
/// <param name="Rgb">The frame, bytes [H, W, 3], red first.</param>
/// <param name="Height">H in pixels.</param>
/// <param name="Width">W in pixels.</param>
/// <param name="Mask">Probabilities, or 0 and 1, [H, W], laid over the frame; null leaves the frame bare.</param>
/// <param name="Caption">A few words below the picture; may be empty.</param>
/// <param name="Colour">Colour of the mask; null: that of a prediction.</param>
/// <param name="Outline">A second mask, drawn as a thin white contour only, such as the truth below a prediction; may be null.</param>
public sealed record SheetCell(
    byte[] Rgb, int Height, int Width, float[]? Mask, string Caption, Rgb? Colour = null, float[]? Outline = null)
{
    /// <summary>
    /// The class of each pixel [H, W], laid over the frame in their colours instead of the mask; null where there are none.
    /// </summary>
    public byte[]? Classes { get; init; }
}

/// <summary>One clip of a sheet.</summary>
/// <param name="Title">What stands above the pictures: the clip, what sounds in it, its score.</param>
/// <param name="Cells">The pictures, one a column from the left.</param>
public sealed record SheetRow(string Title, IReadOnlyList<SheetCell> Cells);

/// <summary>A page of pictures to be judged at a glance.</summary>
/// <param name="Subtitle">A sentence below it; may be empty.</param>
/// <param name="Columns">A heading for each column.</param>
public sealed record Sheet(string Title, string Subtitle, IReadOnlyList<string> Columns, IReadOnlyList<SheetRow> Rows);
