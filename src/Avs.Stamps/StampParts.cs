using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Packages;
using OpenCvSharp;

namespace Avs.Stamps;

/// <summary>The credit for a package whose parts are used.</summary>
/// <param name="Copyright">The text of its copyright file.</param>
public sealed record PackageCredit(PackageVersion Package, string Copyright);

/// <summary>
/// The parts in memory: cut-outs, background photographs and recordings, decoded and ready to compose. Read-only after loading.
/// </summary>
public sealed class StampParts : IDisposable
{
    // Background photographs are kept at this short side: enough to crop a frame of 224 from a part of it.
    private const int BackgroundShortSide = 400;

    private readonly LoadedObject[] objects;
    private readonly Dictionary<Split, Mat[]> backgrounds;

    private StampParts(StampsCatalogue catalogue, LoadedObject[] objects, Dictionary<Split, Mat[]> backgrounds,
        IReadOnlyList<PackageCredit> credits)
    {
        (Catalogue, this.objects, this.backgrounds, Credits) = (catalogue, objects, backgrounds, credits);
    }

    /// <summary>The catalogue these parts are of.</summary>
    public StampsCatalogue Catalogue { get; }

    /// <summary>The packages to name in the composed folder.</summary>
    public IReadOnlyList<PackageCredit> Credits { get; }

    internal IReadOnlyList<LoadedObject> Objects => objects;

    /// <summary>Decodes the parts of a catalogue.</summary>
    /// <param name="folder">Where each part lies at its <see cref="PackageFile.CachePath"/>.</param>
    /// <param name="catalogue">What to load; usually a selection by <see cref="StampsCatalogue.With"/>.</param>
    /// <param name="credits">The packages' versions and copyright texts.</param>
    /// <param name="threads">Parts decoded at the same time.</param>
    /// <exception cref="DataException">A part is missing or damaged, or a split has no background.</exception>
    public static StampParts Load(string folder, StampsCatalogue catalogue, IReadOnlyList<PackageCredit> credits, int threads)
    {
        foreach (var split in Enum.GetValues<Split>())
        {
            if (catalogue.Backgrounds.All(b => b.Split != split))
                throw new DataException($"the catalogue has no background photograph for the split {split.Name()}");
        }

        var workers = new ParallelOptions { MaxDegreeOfParallelism = threads };
        var objects = new LoadedObject[catalogue.Objects.Count];
        var photographs = new Mat[catalogue.Backgrounds.Count];
        try
        {
            Parallel.For(0, objects.Length, workers, i =>
            {
                var item = catalogue.Objects[i];
                objects[i] = new LoadedObject(
                    item.Name,
                    [.. item.Cutouts.Select(p => Cutout.Load(PathOf(p)))],
                    [.. item.Recordings.Select(p => Recording.Load(PathOf(p)))],
                    [.. item.SecondRecordings.Select(p => Recording.Load(PathOf(p)))]);
            });
            Parallel.For(0, photographs.Length, workers, i => photographs[i] = LoadBackground(PathOf(catalogue.Backgrounds[i].Source)));
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<AvsException>().FirstOrDefault() is { } cause)
        {
            throw new DataException(cause.Message, e);
        }

        var bySplit = photographs.Zip(catalogue.Backgrounds).GroupBy(p => p.Second.Split)
            .ToDictionary(g => g.Key, g => g.Select(p => p.First).ToArray());
        return new StampParts(catalogue, objects, bySplit, credits);

        string PathOf(PackageFile part) => Path.Combine(folder, part.CachePath);
    }

    /// <summary>Loads a selection of the shipped catalogue's parts from the cache.</summary>
    /// <param name="objects">Object names; null for all.</param>
    /// <param name="threads">Parts decoded at the same time.</param>
    /// <exception cref="UsageException">An unknown object.</exception>
    public static StampParts Load(PackageCache cache, IReadOnlyCollection<string>? objects, int threads)
    {
        var catalogue = StampsCatalogue.Default();
        var credits = cache.Packages.Select(p => new PackageCredit(p, cache.Copyright(p.Name))).ToArray();
        return Load(cache.Folder, objects is null ? catalogue : catalogue.With(objects), credits, threads);
    }

    internal IReadOnlyList<Mat> Backgrounds(Split split) => backgrounds[split];

    public void Dispose()
    {
        foreach (var cutout in objects.SelectMany(o => o.Cutouts))
            cutout.Dispose();
        foreach (var photograph in backgrounds.Values.SelectMany(b => b))
            photograph.Dispose();
    }

    private static Mat LoadBackground(string path)
    {
        // Decoding JPEG at half size is fast and still far larger than needed.
        using var image = Cutout.ReadImage(path, new FileInfo(path).Length > 400_000 ? ImreadModes.ReducedColor2 : ImreadModes.Color);
        var scale = Math.Min(1.0, (double)BackgroundShortSide / Math.Min(image.Rows, image.Cols));
        var result = new Mat();
        Cv2.Resize(image, result, new Size((int)Math.Round(image.Cols * scale), (int)Math.Round(image.Rows * scale)), 0, 0,
            InterpolationFlags.Area);
        return result;
    }
}

/// <summary>One object's decoded parts.</summary>
internal sealed record LoadedObject(
    string Name, IReadOnlyList<Cutout> Cutouts, IReadOnlyList<Recording> Recordings, IReadOnlyList<Recording> SecondRecordings);
