using OpenCvSharp;

namespace Avs.Eval.RunReports;

/// <summary>A picture that a page holds.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Content">A file of the type <paramref name="MediaType"/>.</param>
public sealed record PagePicture(string Title, string MediaType, byte[] Content)
{
    // Plots stay below it; photographs are several times as large as a JPEG that looks the same.
    private const int LargestPng = 400_000;
    private const int JpegQuality = 88;

    /// <summary>The picture of a PNG file; a large one as JPEG.</summary>
    public static PagePicture FromPng(string title, byte[] png)
    {
        if (png.Length <= LargestPng)
            return new PagePicture(title, "image/png", png);
        using var picture = Cv2.ImDecode(png, ImreadModes.Color);
        return picture.Empty()
            ? new PagePicture(title, "image/png", png)
            : new PagePicture(title, "image/jpeg", picture.ToBytes(".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, JpegQuality)));
    }
}
