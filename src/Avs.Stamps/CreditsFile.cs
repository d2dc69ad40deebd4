using System.Globalization;
using System.Text;
using Avs.Data.Packages;

namespace Avs.Stamps;

/// <summary>
/// Writes `CREDITS`: every part, its package and version, its authors and licence; and, under `copyright/`, each package's whole copyright
/// file.
/// </summary>
internal static class CreditsFile
{
    /// <summary>Writes the file and the folder for a composed AVS-Stamps.</summary>
    public static void Write(string folder, StampParts parts, ComposeOptions options)
    {
        var catalogue = parts.Catalogue;
        var uses = catalogue.Objects
            .SelectMany(o => o.Cutouts.Select(p => (Part: p, Use: $"picture of {o.Name}"))
                .Concat(o.Recordings.Select(p => (Part: p, Use: $"sound of {o.Name}")))
                .Concat(o.SecondRecordings.Select(p => (Part: p, Use: $"second sound of {o.Name}"))))
            .Concat(catalogue.Backgrounds.Select(b => (Part: b.Source, Use: "background")));
        var settings = $"Seed {options.Seed}; S4: {Describe(options.S4)}; MS3: "
            + $"{Describe(options.MS3)}{(options.AVSS is { } avss ? $"; AVSS: {Describe(avss)}" : "")}.";
        Write(folder, "AVS-Stamps", settings, uses, parts.Credits);
    }

    /// <summary>Writes the file and the folder.</summary>
    /// <param name="set">The composed set's name.</param>
    /// <param name="settings">A sentence on how it was composed.</param>
    /// <param name="uses">Every part with what it is used as.</param>
    /// <param name="credits">The packages; those of which no part is used are left out.</param>
    public static void Write(
        string folder, string set, string settings, IEnumerable<(PackageFile Part, string Use)> uses, IReadOnlyList<PackageCredit> credits)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"{set}, a data set composed by AvsResearch from the parts listed here. Each part stays under its own licence;\n");
        text.Append("the packages' copyright files, with the texts of the licences or where to find them, are in the folder copyright/.\n");
        text.Append(CultureInfo.InvariantCulture, $"{settings}\n");
        var ofPackage = uses.ToLookup(use => use.Part.Package, StringComparer.Ordinal);
        foreach (var credit in credits)
        {
            var name = credit.Package.Name;
            if (!ofPackage.Contains(name))
                continue;
            var copyright = new CopyrightFile(credit.Copyright);
            text.Append(CultureInfo.InvariantCulture, $"\n{name} {credit.Package.Version}\n");
            foreach (var (part, use) in ofPackage[name].OrderBy(u => u.Part.Path, StringComparer.Ordinal))
            {
                var (licence, holders) = copyright.Find(part.ResourceEntry ?? part.Path);
                text.Append(CultureInfo.InvariantCulture,
                    $"  {part.Path.Replace("!", "", StringComparison.Ordinal)}\n    {use}; {licence}; {holders}\n");
            }

            Directory.CreateDirectory(Path.Combine(folder, "copyright"));
            File.WriteAllText(Path.Combine(folder, "copyright", name), credit.Copyright);
        }

        File.WriteAllText(Path.Combine(folder, "CREDITS"), text.ToString());
    }

    private static string Describe(SceneCounts? counts) => counts is null
        ? "none"
        : string.Create(CultureInfo.InvariantCulture,
            $"{counts.Train} train, {counts.Val} val, {counts.Test} test and {counts.TestUnheard} test scenes with unheard recordings");
}
