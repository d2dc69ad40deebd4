using System.CommandLine;
using System.Globalization;
using Avs.Core;
using Avs.Stamps;
using Avs.Stamps.PolyDigits;

namespace Avs.Cli;

/// <summary>`avs data compose DIR`</summary>
internal static class DataComposeCommand
{
    private const string Both = "both", Stamps = "stamps", PolyDigits = "poly_digits";

    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "The folder to make; an existing one must be empty." };
        var kind = new Option<string>("--kind")
        {
            Description = "stamps: AVS-Stamps, clips of pictures with sound; poly_digits: PolyDigits, five pictures of the same handwritten " +
                "digit, each in a quadrant and over a photograph of its own, for the multimodal VAEs.",
            DefaultValueFactory = _ => Stamps,
        };
        kind.AcceptOnlyFromAmong(Stamps, PolyDigits);
        var size = new Option<string>("--size")
        {
            Description = $"How much: {string.Join("; ", StampsSize.All.Select(Describe))}. " +
                $"PolyDigits: {string.Join("; ", PolyDigitsSize.All.Select(Describe))}.",
            DefaultValueFactory = _ => StampsSize.Demo.Name,
        };
        size.AcceptOnlyFromAmong([.. StampsSize.All.Select(known => known.Name)]);
        var subset = new Option<string>("--subset")
        {
            Description = "s4: one object sounds; ms3: each second its own objects, sometimes none; both: these two; " +
                "avss: clips of 5 and 10 seconds, each pixel labelled with the object that sounds; all: these three.",
            DefaultValueFactory = _ => Both,
        };
        subset.AcceptOnlyFromAmong("s4", "ms3", Both, "avss", "all");
        var seed = new Option<long>("--seed")
        {
            Description = "Decides everything: the same seed, size and objects give the same bytes.",
            DefaultValueFactory = _ => 1,
        };
        var objects = new Option<string?>("--objects")
        {
            Description = "Other objects than the size's: names with commas between, or 'all'.",
            HelpName = "NAMES",
        };
        var masks = new Option<string>("--train-masks")
        {
            Description = "Masks of S4 training clips: of the first frame, as in AVSBench, or of all five.",
            DefaultValueFactory = _ => "first",
        };
        masks.AcceptOnlyFromAmong("first", "all");
        var threads = CommonOptions.Count(
            "--threads", "Scenes composed at once; the result does not depend on it.", Environment.ProcessorCount);
        var verb = new Verb("compose",
            "Compose AVS-Stamps: photographs of objects over photographs, with their real sounds, in the AVSBench S4 and MS3 layouts. " +
            "The parts come from Debian packages (270 MB fetched once, without root; 40 MB of it are kept in $AVS_CACHE or " +
            "~/.cache/avs-research); their licences are listed in the folder's CREDITS. The demo size takes about a minute on two cores.",
            "avs data compose data/avs-stamps",
            "avs data compose data/tiny --size tiny --seed 7",
            "avs data compose data/farm --subset s4 --objects cow,pig,hen,sheep,horse --train-masks all",
            "avs data compose data/poly-digits --kind poly_digits")
        {
            folder, kind, size, subset, seed, objects, masks, threads,
        };
        verb.SetAction(parse =>
        {
            OutputFolder.RequireEmpty(parse.GetValue(folder)!);
            if (parse.GetValue(kind) == PolyDigits)
            {
                if (((Option[])[subset, objects, masks]).FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } other)
                    throw new UsageException($"{other.Name} is for --kind {Stamps}; {PolyDigits} has no objects and no sound");
                var digits = PolyDigitsSize.All.First(known => known.Name == parse.GetValue(size));
                ComposeDigits(terminal, parse.GetValue(folder)!, digits, parse.GetValue(seed), parse.GetValue(threads));
                return;
            }

            var chosen = StampsSize.All.First(known => known.Name == parse.GetValue(size));
            var workers = parse.GetValue(threads);
            var names = parse.GetValue(objects) is { } given ? Names(given) : chosen.Objects;
            var catalogue = StampsCatalogue.Default();
            var selected = names is null ? catalogue : catalogue.With(names);
            var wanted = parse.GetValue(subset)!;
            SceneCounts? When(SceneCounts counts, params string[] asked) => asked.Contains(wanted) ? counts : null;
            var (s4, ms3) = (When(chosen.S4, "s4", Both, "all"), When(chosen.MS3, "ms3", Both, "all"));
            var avss = When(chosen.AVSS, "avss", "all");
            if (selected.Objects.Count(item => item.SecondRecordings.Count > 0) < 2)
            {
                terminal.Error.WriteLine(
                    "fewer than two of these objects have a second recording: no test scenes are made with recordings that training lacks");
                SceneCounts? Without(SceneCounts? counts) => counts is null ? null : counts with { TestUnheard = 0 };
                (s4, ms3, avss) = (Without(s4), Without(ms3), Without(avss));
            }

            var cache = PartsCache.OpenOrFetch(CacheFolder.Default(), catalogue, terminal.Error.WriteLine);
            using var parts = StampParts.Load(cache, names, workers);
            var options = new ComposeOptions(parse.GetValue(seed), s4, ms3, workers, parse.GetValue(masks) == "all") { AVSS = avss };
            var report = Compose(terminal, parse.GetValue(folder)!, parts, options);
            terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{report.Clips} clips in {report.Folder}, {report.Elapsed.TotalSeconds:0} s"));
        });
        return verb;
    }

    private static ComposeReport Compose(Terminal terminal, string folder, StampParts parts, ComposeOptions options) =>
        ProgressView.Run(terminal, view =>
        {
            var progress = view.Count("scenes");
            return Stoppable.Run($"stopped before {folder} was complete; nothing of it is left",
                stop => StampsComposer.Compose(folder, parts, options, state => progress(state.Scenes, state.Total), stop));
        });

    private static void ComposeDigits(Terminal terminal, string folder, PolyDigitsSize size, long seed, int threads)
    {
        var parts = PolyDigitsParts.OpenOrFetch(CacheFolder.Default(), terminal.Error.WriteLine);
        var report = ProgressView.Run(terminal, view =>
        {
            var progress = view.Count("examples");
            return Stoppable.Run($"stopped before {folder} was complete; nothing of it is left",
                stop => PolyDigitsComposer.Compose(folder, parts, size, seed, threads, progress, stop));
        });
        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{size.Total} examples in {report.Folder}, {report.Elapsed.TotalSeconds:0} s; examples.png shows some"));
    }

    private static string[]? Names(string given) =>
        given == "all" ? null : given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Describe(StampsSize size)
    {
        var objects = size.Objects is { } chosen ? $"{chosen.Count}" : "all";
        return $"{size.Name} = {size.S4.Total} S4 and {size.MS3.Total} MS3 scenes of {objects} objects, {Round(size.Megabytes())}";
    }

    private static string Describe(PolyDigitsSize size) => $"{size.Name} = {size.Total} examples, {Round(size.Megabytes)}";

    private static string Round(double megabytes) => megabytes < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{megabytes:0} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{megabytes / 1000:0.0} GB");
}
