using System.Text.Json;
using System.Text.Json.Serialization;
using Avs.Core;
using Avs.Eval.Autoencoding;
using Avs.Eval.Reports;
using Avs.Models.LatentVariables;
using Fluid;
using SkiaSharp;
using static TorchSharp.torch;

namespace Avs.Eval.AutoencoderFigures;

/// <summary>
/// Writes one web page, which needs no other file, on which a person moves a point in the latent plane and sees the decoded image. The page
/// holds a grid of decoded images and mixes the four around the point. LatentPage.liquid is its template.
/// </summary>
public static class LatentPage
{
    private const int MostPoints = 3000;

    /// <summary>Room around the codes, as a share of what they span.</summary>
    private const double Border = 0.08;

    private static readonly IFluidTemplate Template = HtmlPage.ParseResource("LatentPage.liquid");

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="subjects">Networks with codes of two dimensions, side by side.</param>
    /// <param name="side">Decoded images a side of the grid.</param>
    public static void Write(string path, IReadOnlyList<LatentSubject> subjects, int side = 41) =>
        AtomicFile.WriteAllText(path, Create(subjects, side));

    /// <summary>The page as a text.</summary>
    /// <exception cref="UsageException">A network's codes have not two dimensions.</exception>
    public static string Create(IReadOnlyList<LatentSubject> subjects, int side = 41)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 2);
        var planes = new PagePlanes([.. subjects.Select(subject => CreatePlane(subject, side))]);
        var json = JsonSerializer.Serialize(planes, LatentPageJson.Default.PagePlanes); // '<' comes out escaped
        var images = string.Join(" and ", subjects.Select(subject => subject.Images.Name).Distinct());
        return HtmlPage.Render(Template, new PageModel(
            string.Join(" beside ", subjects.Select(subject => subject.Name)), $"Points are images of {images}.", json));
    }

    private static PagePlane CreatePlane(LatentSubject subject, int side)
    {
        if (subject.LatentSize != 2)
            throw new UsageException($"the page needs codes of 2 dimensions, but those of {subject.Name} have {subject.LatentSize}");
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var encoded = subject.Encode();
        var codes = Tiles.Rows(encoded.Mean);
        var (left, right) = Range(codes, 0, encoded.LogVariance is not null);
        var (bottom, top) = Range(codes, 1, encoded.LogVariance is not null);
        var grid = new float[side * side, 2];
        var (xs, ys) = (Integral.Grid(left, right, side), Integral.Grid(bottom, top, side));
        for (var i = 0; i < side; i++)
            for (var j = 0; j < side; j++)
                (grid[i * side + j, 0], grid[i * side + j, 1]) = ((float)xs[j], (float)ys[side - 1 - i]);
        var decoded = subject.Decode(tensor(grid)); // [side²,C,H,W], the first row the uppermost

        // "Near" is as near as 99 of 100 images have another.
        var near = RankOrder.Quantile(DistancesToNearestOther(encoded.Mean), 0.99);
        PagePoint[] points = [.. codes.Take(MostPoints).Select((code, row) =>
            new PagePoint(Math.Round(code[0], 3), Math.Round(code[1], 3), subject.Images.Labels[row]))];
        PageClass[] classes = [.. subject.Images.Classes.Select((name, label) =>
        {
            var (r, g, b) = ClassColours.ForClass(label);
            return new PageClass(name, $"#{r:x2}{g:x2}{b:x2}");
        })];
        return new PagePlane(
            subject.Name, left, right, bottom, top, side, (int)decoded.shape[2], (int)decoded.shape[3],
            $"data:image/png;base64,{Convert.ToBase64String(Sprite(decoded, side))}", near, points, classes);
    }

    // A VAE's plane shows at least what N(0, 1) fills.
    private static (double Low, double High) Range(double[][] codes, int d, bool isVae)
    {
        var (low, high) = (codes.Min(code => code[d]), codes.Max(code => code[d]));
        var room = Math.Max(Border * (high - low), 1e-3);
        return isVae ? (Math.Min(low, -3) - 0.1, Math.Max(high, 3) + 0.1) : (low - room, high + room);
    }

    private static double[] DistancesToNearestOther(Tensor codes)
    {
        var all = new List<double>();
        for (var first = 0; first < codes.shape[0]; first += 500)
        {
            using var part = NewDisposeScope();
            var some = codes.narrow(0, first, Math.Min(500, codes.shape[0] - first));
            all.AddRange(ImageBatches.Numbers(cdist(some, codes).topk(2, 1, largest: false, sorted: true).values.select(1, 1)));
        }
        return [.. all];
    }

    // All decoded images as one picture; grey where they are.
    private static byte[] Sprite(Tensor decoded, int side)
    {
        using var scope = NewDisposeScope();
        var (channels, height, width) = (decoded.shape[1], decoded.shape[2], decoded.shape[3]);
        var page = (decoded.clamp(0, 1) * 255).round().to(ScalarType.Byte)
            .view(side, side, channels, height, width).permute(0, 3, 1, 4, 2).contiguous() // [side,H,side,W,C]
            .view(side * height, side * width, channels);
        var grey = channels == 1;
        var pixels = grey
            ? page
            : cat([page, full([side * height, side * width, 1], 255, ScalarType.Byte)], 2); // red, green, blue, opaque
        var layout = new SKImageInfo((int)(side * width), (int)(side * height), grey ? SKColorType.Gray8 : SKColorType.Rgba8888,
            SKAlphaType.Opaque);
        using var image = SKImage.FromPixelCopy(layout, pixels.contiguous().data<byte>().ToArray());
        using var png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    internal sealed record PageModel(string Title, string Subtitle, string Json);
}

/// <summary>What the page's program reads.</summary>
internal sealed record PagePlanes(IReadOnlyList<PagePlane> Planes);

/// <summary>One network's plane.</summary>
/// <param name="Side">Decoded images a side.</param>
/// <param name="Near">The distance up to which a code counts as near an image's.</param>
internal sealed record PagePlane(
    string Name, double Left, double Right, double Bottom, double Top, int Side, int Height, int Width, string Sprite, double Near,
    IReadOnlyList<PagePoint> Points, IReadOnlyList<PageClass> Classes);

internal sealed record PagePoint(double X, double Y, int C);

internal sealed record PageClass(string Name, string Colour);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PagePlanes))]
internal sealed partial class LatentPageJson : JsonSerializerContext;
