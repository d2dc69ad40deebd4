using System.Globalization;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Packages;
using CsvHelper;

namespace Avs.Stamps;

/// <summary>One class of objects: photographs with a transparent surrounding, and the sounds it makes.</summary>
/// <param name="Name">The class name, e.g. <c>rooster</c>.</param>
/// <param name="Recordings">Its recordings for every split.</param>
/// <param name="SecondRecordings">Recordings of other origin, for the test clips whose recordings are in no training clip.</param>
public sealed record StampObject(
    string Name, IReadOnlyList<PackageFile> Cutouts, IReadOnlyList<PackageFile> Recordings, IReadOnlyList<PackageFile> SecondRecordings);

/// <summary>A background photograph and the only split that shows it.</summary>
public sealed record Background(PackageFile Source, Split Split);

/// <summary>
/// The curated table of parts: which files of which packages are used, as what. <see cref="Default"/> is the shipped one
/// (<c>parts.csv</c>). Left out on purpose: drawings; recordings that are silent (rhea, iguana, giraffe, wombat) or those of another
/// object (beaver, ram); spoken names; silhouettes too thin or transparent for a mask (bassoon, glass, lightning);
/// things that do not make the sound themselves (the flag, the lunar lander). Merged where sounds or looks are one kind: cow, camel,
/// pig, goat and mountain goat (the same recording), scissors open and closed.
/// </summary>
public sealed class StampsCatalogue
{
    /// <summary>The objects of the quick demonstration: distinct in look and sound.</summary>
    public static readonly IReadOnlyList<string> DemoObjects =
    [
        "rooster", "owl", "duck", "frog", "cow", "elephant", "violin", "drumkit", "firetruck", "toilet",
    ];

    private StampsCatalogue(IReadOnlyList<StampObject> objects, IReadOnlyList<Background> backgrounds)
    {
        Objects = objects;
        Backgrounds = backgrounds;
    }

    /// <summary>The objects, by name.</summary>
    public IReadOnlyList<StampObject> Objects { get; }

    /// <summary>The background photographs, in the table's order.</summary>
    public IReadOnlyList<Background> Backgrounds { get; }

    /// <summary>Every part of the catalogue once, in a fixed order.</summary>
    public IEnumerable<PackageFile> Sources =>
        Objects.SelectMany(o => o.Cutouts.Concat(o.Recordings).Concat(o.SecondRecordings)).Concat(Backgrounds.Select(b => b.Source));

    /// <summary>Reads the shipped catalogue.</summary>
    public static StampsCatalogue Default()
    {
        using var stream = typeof(StampsCatalogue).Assembly.GetManifestResourceStream("Avs.Stamps.parts.csv")
            ?? throw new InvalidOperationException("parts.csv is not embedded in Avs.Data");
        using var reader = new StreamReader(stream);
        return Parse(reader, "parts.csv");
    }

    /// <summary>
    /// Reads a catalogue table: columns <c>kind,object,split,package,path</c>, kind one of cutout, recording, second, background.
    /// </summary>
    /// <exception cref="DataException">An unknown kind or split, or an object without a cut-out or a recording.</exception>
    public static StampsCatalogue Parse(TextReader table, string name)
    {
        var parts = new List<(string Kind, string Object, PackageFile Source)>();
        var backgrounds = new List<Background>();
        using var csv = new CsvReader(table, CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
        {
            var kind = csv.GetField("kind") ?? "";
            var source = new PackageFile(csv.GetField("package") ?? "", csv.GetField("path") ?? "");
            if (kind == "background")
            {
                if (!Enum.TryParse<Split>(csv.GetField("split"), ignoreCase: true, out var split))
                    throw new DataException($"{name}:{csv.Parser.RawRow}: split '{csv.GetField("split")}' is not train, val or test");
                backgrounds.Add(new Background(source, split));
            }
            else if (kind is "cutout" or "recording" or "second")
                parts.Add((kind, csv.GetField("object") ?? "", source));
            else
                throw new DataException($"{name}:{csv.Parser.RawRow}: kind '{kind}' is not cutout, recording, second or background");
        }

        var objects = parts.GroupBy(p => p.Object, StringComparer.Ordinal)
            .Select(rows => new StampObject(rows.Key, Of(rows, "cutout"), Of(rows, "recording"), Of(rows, "second")))
            .OrderBy(o => o.Name, StringComparer.Ordinal)
            .ToArray();
        foreach (var item in objects)
        {
            if (item.Cutouts.Count == 0 || item.Recordings.Count == 0)
                throw new DataException($"{name}: the object '{item.Name}' needs at least one cutout and one recording");
        }

        return new StampsCatalogue(objects, backgrounds);

        static PackageFile[] Of(IEnumerable<(string Kind, string Object, PackageFile Source)> rows, string kind) =>
            [.. rows.Where(r => r.Kind == kind).Select(r => r.Source)];
    }

    /// <summary>The catalogue with only the named objects.</summary>
    /// <exception cref="UsageException">A name the catalogue does not have, or fewer than two objects.</exception>
    public StampsCatalogue With(IReadOnlyCollection<string> names)
    {
        var known = Objects.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var unknown in names.Where(n => !known.Contains(n)))
            throw new UsageException(
                $"there is no object '{unknown}' in the catalogue; it has {string.Join(", ", Objects.Select(o => o.Name))}");
        var wanted = names.ToHashSet(StringComparer.Ordinal);
        if (wanted.Count < 2)
            throw new UsageException($"a scene needs at least two kinds of object, {wanted.Count} given");
        return new StampsCatalogue([.. Objects.Where(o => wanted.Contains(o.Name))], Backgrounds);
    }
}
