using System.CommandLine;
using System.Globalization;
using Avs.Data.Stamps;

namespace Avs.Cli;

/// <summary>`avs data compose DIR`</summary>
internal static class DataComposeCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "The folder to make." };
        var size = new Option<string>("--size")
        {
            Description = $"How much: {string.Join("; ", StampsSize.All.Select(Describe))}.",
            DefaultValueFactory = _ => StampsSize.Demo.Name,
        };
        size.AcceptOnlyFromAmong([.. StampsSize.All.Select(known => known.Name)]);
        var seed = new Option<long>("--seed") { Description = "Decides everything: the same seed and size give the same clips.", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "Scenes composed at once.", DefaultValueFactory = _ => Environment.ProcessorCount };
        threads.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValue(threads) < 1)
                result.AddError("--threads: expected a whole number of at least 1");
        });
        var verb = new Verb("compose", "Compose AVS-Stamps: photographs of objects with their real sounds, in the AVSBench S4 and MS3 layouts.",
            "avs data compose data/avs-stamps", "avs data compose data/tiny --size tiny --seed 7") { folder, size, seed, threads };
        verb.SetAction(parse =>
        {
            var chosen = StampsSize.All.First(known => known.Name == parse.GetValue(size));
            var workers = parse.GetValue(threads);
            var cache = PartsCache.OpenOrFetch(PartsCache.DefaultRoot(), StampsCatalogue.Default(), terminal.Error.WriteLine);
            using var parts = StampParts.Load(cache, chosen.Objects, workers);
            var progress = ProgressLine.Of(terminal, "scenes");
            var report = StampsComposer.Compose(parse.GetValue(folder)!, parts,
                new ComposeOptions(parse.GetValue(seed), chosen.S4, chosen.MS3, workers), state => progress(state.Scenes, state.Total));
            terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Clips} clips in {report.Folder}, {report.Elapsed.TotalSeconds:0} s"));
        });
        return verb;
    }

    private static string Describe(StampsSize size) =>
        $"{size.Name} = {size.S4.Total} S4 and {size.MS3.Total} MS3 scenes of {(size.Objects is { } objects ? $"{objects.Count} objects" : "all objects")}";
}
