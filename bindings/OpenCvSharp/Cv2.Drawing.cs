namespace OpenCvSharp;

public static partial class Cv2
{
    public static void PutText(InputOutputArray img, string text, Point org, HersheyFonts fontFace, double fontScale, Scalar color,
        int thickness = 1, LineTypes lineType = LineTypes.Link8, bool bottomLeftOrigin = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        Native.Check(Native.avs_put_text(Out(img), text, org.X, org.Y, (int)fontFace, fontScale, color, thickness, (int)lineType, bottomLeftOrigin ? 1 : 0));
    }

    /// <summary>The box a text fills above its baseline, and how far it reaches below it.</summary>
    public static Size GetTextSize(string text, HersheyFonts fontFace, double fontScale, int thickness, out int baseLine)
    {
        ArgumentNullException.ThrowIfNull(text);
        Native.Check(Native.avs_text_size(text, (int)fontFace, fontScale, thickness, out baseLine, out var size));
        return size;
    }

    public static void Rectangle(InputOutputArray img, Point pt1, Point pt2, Scalar color, int thickness = 1,
        LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Native.Check(Native.avs_rectangle(Out(img), pt1.X, pt1.Y, pt2.X, pt2.Y, color, thickness, (int)lineType, shift));

    // The far corner belongs to the picture of the rectangle, hence one less than its size.
    public static void Rectangle(InputOutputArray img, Rect rect, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8, int shift = 0)
    {
        if (rect.Width > 0 && rect.Height > 0)
            Rectangle(img, rect.TopLeft, new Point(rect.Right - (1 << shift), rect.Bottom - (1 << shift)), color, thickness, lineType, shift);
    }

    public static void Line(InputOutputArray img, Point pt1, Point pt2, Scalar color, int thickness = 1, LineTypes lineType = LineTypes.Link8,
        int shift = 0) =>
        Native.Check(Native.avs_line(Out(img), pt1.X, pt1.Y, pt2.X, pt2.Y, color, thickness, (int)lineType, shift));

    public static void Line(InputOutputArray img, int pt1X, int pt1Y, int pt2X, int pt2Y, Scalar color, int thickness = 1,
        LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Line(img, new Point(pt1X, pt1Y), new Point(pt2X, pt2Y), color, thickness, lineType, shift);

    public static void Circle(InputOutputArray img, Point center, int radius, Scalar color, int thickness = 1,
        LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Native.Check(Native.avs_circle(Out(img), center.X, center.Y, radius, color, thickness, (int)lineType, shift));

    public static void Circle(InputOutputArray img, int centerX, int centerY, int radius, Scalar color, int thickness = 1,
        LineTypes lineType = LineTypes.Link8, int shift = 0) =>
        Circle(img, new Point(centerX, centerY), radius, color, thickness, lineType, shift);

    public static void Polylines(Mat img, IEnumerable<IEnumerable<Point>> pts, bool isClosed, Scalar color, int thickness = 1,
        LineTypes lineType = LineTypes.Link8, int shift = 0)
    {
        ArgumentNullException.ThrowIfNull(img);
        var (points, counts) = Flatten(pts);
        Native.Check(Native.avs_polylines(img.Handle, points, counts, counts.Length, isClosed ? 1 : 0, color, thickness, (int)lineType, shift));
    }

    public static void FillPoly(Mat img, IEnumerable<IEnumerable<Point>> pts, Scalar color, LineTypes lineType = LineTypes.Link8,
        int shift = 0, Point? offset = null)
    {
        ArgumentNullException.ThrowIfNull(img);
        var (points, counts) = Flatten(pts);
        var (x, y) = offset ?? default;
        Native.Check(Native.avs_fill_poly(img.Handle, points, counts, counts.Length, color, (int)lineType, shift, x, y));
    }

    public static void DrawContours(InputOutputArray image, IEnumerable<IEnumerable<Point>> contours, int contourIdx, Scalar color,
        int thickness = 1, LineTypes lineType = LineTypes.Link8, IEnumerable<HierarchyIndex>? hierarchy = null, int maxLevel = int.MaxValue,
        Point? offset = null)
    {
        var (points, counts) = Flatten(contours);
        var tree = hierarchy?.ToArray();
        if (tree is not null && tree.Length != counts.Length)
            throw new OpenCvSharpException($"{counts.Length} contours but {tree.Length} places in the hierarchy");
        var (x, y) = offset ?? default;
        Native.Check(Native.avs_draw_contours(Out(image), points, counts, counts.Length, contourIdx, color, thickness, (int)lineType, tree, maxLevel, x, y));
    }

    public static unsafe void FindContours(InputArray image, out Point[][] contours, out HierarchyIndex[] hierarchy, RetrievalModes mode,
        ContourApproximationModes method, Point? offset = null)
    {
        var (x, y) = offset ?? default;
        nint found = 0;
        try
        {
            Native.Check(Native.avs_find_contours(In(image), (int)mode, (int)method, x, y, out found, out var n, out var points, out var counts, out var tree));
            contours = new Point[n][];
            for (var i = 0; i < n; points += counts[i], i++) contours[i] = new ReadOnlySpan<Point>(points, counts[i]).ToArray();
            hierarchy = new ReadOnlySpan<HierarchyIndex>(tree, n).ToArray();
        }
        finally
        {
            Native.avs_contours_delete(found);
        }
    }

    public static Point[][] FindContoursAsArray(InputArray image, RetrievalModes mode, ContourApproximationModes method, Point? offset = null)
    {
        FindContours(image, out var contours, out _, mode, method, offset);
        return contours;
    }

    private static (Point[] Points, int[] Counts) Flatten(IEnumerable<IEnumerable<Point>> polygons)
    {
        ArgumentNullException.ThrowIfNull(polygons);
        var all = polygons.Select(p => p.ToArray()).ToArray();
        return ([.. all.SelectMany(p => p)], [.. all.Select(p => p.Length)]);
    }
}
