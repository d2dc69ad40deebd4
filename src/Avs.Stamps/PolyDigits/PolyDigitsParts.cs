using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Data.Packages;
using OpenCvSharp;

namespace Avs.Stamps.PolyDigits;

/// <summary>A background photograph, reduced.</summary>
/// <param name="Pixels">Red, green, blue: [Height, Width, 3].</param>
internal sealed record Photograph(string Name, PackageFile Source, int Height, int Width, byte[] Pixels);

/// <summary>What PolyDigits is composed from: handwritten digits and, for each modality, photographs.</summary>
public sealed class PolyDigitsParts
{
    // Three times the side of an image: a crop shows a part of the photograph that can still be recognised.
    private const int PhotographShortSide = 96;

    internal PolyDigitsParts(Func<Split, IImageDataset> digits, PackageFile digitsSource,
        IReadOnlyList<IReadOnlyList<Photograph>> photographs, IReadOnlyList<PackageCredit> credits) =>
        (Digits, DigitsSource, Photographs, Credits) = (digits, digitsSource, photographs, credits);

    /// <summary>The digits of a split, 8-bit grey, white on black.</summary>
    internal Func<Split, IImageDataset> Digits { get; }

    internal PackageFile DigitsSource { get; }

    /// <summary>Those of each modality.</summary>
    internal IReadOnlyList<IReadOnlyList<Photograph>> Photographs { get; }

    internal IReadOnlyList<PackageCredit> Credits { get; }

    /// <summary>Takes the parts from the cache, fetching them first if they are not there.</summary>
    /// <param name="root">The cache folder, normally <see cref="CacheFolder.Default"/>.</param>
    /// <param name="log">Gets a few words about each step.</param>
    /// <exception cref="DataException">The packages cannot be fetched, or a part is missing or damaged.</exception>
    public static PolyDigitsParts OpenOrFetch(string root, Action<string> log)
    {
        var catalogue = StampsCatalogue.Default();
        var stamps = PartsCache.OpenOrFetch(root, catalogue, log);
        var digits = OpenCvDigits.OpenOrFetch(root, log);
        var credits = new[] { stamps, digits }.SelectMany(cache =>
            cache.Packages.Select(package => new PackageCredit(package, cache.Copyright(package.Name))));
        return new PolyDigitsParts(split => OpenCvDigits.Open(digits, split), OpenCvDigits.Source,
            LoadPhotographs(stamps.Folder, catalogue), [.. credits]);
    }

    /// <summary>The photographs of each family.</summary>
    /// <param name="folder">Where each lies at its <see cref="PackageFile.CachePath"/>.</param>
    internal static IReadOnlyList<IReadOnlyList<Photograph>> LoadPhotographs(string folder, StampsCatalogue catalogue)
    {
        var sources = catalogue.Backgrounds.ToDictionary(background => NameOf(background.Source), background => background.Source);
        return [.. PolyDigitsFamily.All.Select(family => family.Photographs.Select(name => LoadPhotograph(folder, sources[name])).ToArray())];
    }

    internal static Photograph LoadPhotograph(string folder, PackageFile source)
    {
        using var image = Cutout.ReadImage(Path.Combine(folder, source.CachePath), ImreadModes.Color);
        var scale = (double)PhotographShortSide / Math.Min(image.Rows, image.Cols);
        using var reduced = new Mat();
        Cv2.Resize(image, reduced, new Size((int)Math.Round(image.Cols * scale), (int)Math.Round(image.Rows * scale)), 0, 0,
            InterpolationFlags.Area);
        using var rgb = new Mat();
        Cv2.CvtColor(reduced, rgb, ColorConversionCodes.BGR2RGB);
        rgb.GetArray(out Vec3b[] pixels);
        return new Photograph(NameOf(source), source, rgb.Rows, rgb.Cols, [.. pixels.SelectMany(p => new[] { p.Item0, p.Item1, p.Item2 })]);
    }

    private static string NameOf(PackageFile source) => Path.GetFileNameWithoutExtension(source.Path);
}
