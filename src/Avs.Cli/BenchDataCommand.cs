using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Avs.Bench;
using Avs.Core;
using Avs.Stamps;
using Avs.Train.Segmentation;

namespace Avs.Cli;

/// <summary>`avs bench data`</summary>
internal static class BenchDataCommand
{
    public static Verb Create(Terminal terminal)
    {
        var config = new Option<string>("--config")
        {
            Description = "The experiment whose data set and training step are measured.",
            HelpName = "CONFIG",
            DefaultValueFactory = _ => "experiments/demo.yaml",
        };
        var data = CommonOptions.Data();
        var set = CommonOptions.Set();
        var device = CommonOptions.Device();
        var clips = CommonOptions.Count("--clips", "Most clips that a round decodes.", 96);
        var rounds = CommonOptions.Count("--rounds", "Rounds; the median counts.", 5);
        var steps = CommonOptions.Count("--steps", "Training steps in which the wait for batches is measured; 0 for none.", 20, least: 0);
        var json = CommonOptions.Json("the rows");
        var verb = new Verb(
            "data",
            "Clips a second from cold files, warm files and the cache, with one worker and two, beside the same in Python where a python3 with PIL and numpy is " +
            "installed, and the share of a training step that is spent waiting for clips. Without a data set a small AVS-Stamps is composed for it.",
            "avs bench data",
            "avs bench data --data data/avs-stamps --rounds 9 --json",
            "avs bench data --config experiments/demo.yaml --steps 0") { config, data, set, device, clips, rounds, steps, json };
        verb.SetAction(parse =>
        {
            var experiment = SegmentationExperiment.Load(parse.GetValue(config)!, CommonOptions.Overrides(parse, set, data), terminal.Error.WriteLine);
            var options = new DataBenchmarkOptions(parse.GetValue(clips), parse.GetValue(rounds), parse.GetValue(steps))
            {
                Says = terminal.Error.WriteLine,
            };
            using var own = Directory.Exists(experiment.Task.Data.Root) || parse.GetResult(data) is not null ? null : ComposedForNow.Create(terminal);
            if (own is not null)
                experiment = experiment with { Task = experiment.Task with { Data = experiment.Task.Data with { Root = own.Folder } } };
            var report = DataBenchmark.Run(experiment, CommonOptions.ParseDevice(parse.GetValue(device)!), options);
            if (parse.GetValue(json))
                terminal.Out.WriteLine(Json(report));
            else
                Print(terminal.Out, report);
        });
        return verb;
    }

    private static void Print(TextWriter output, DataBenchmarkReport report)
    {
        output.WriteLine($"{report.Dataset}; cold: {report.Cold}");
        output.WriteLine($"{"",-12}  {"workers",7}  {"clips/s",9}  {"MB/s",8}");
        foreach (var row in report.Rows)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Name,-12}  {row.Workers,7}  {row.ClipsPerSecond,9:0.0}  {row.MegabytesPerSecond,8:0.0}"));
        if (report.Rows.All(row => row.Name != "python_cold"))
            output.WriteLine("There is no python3 with PIL and numpy on this machine to compare with.");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the cache gives {report.CacheOverCold:0.0} times the clips of cold files (one worker)"));
        if (report.Loader is { } loader)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"a training step takes {1000 * loader.StepSeconds:0.0} ms, of which {1000 * loader.WaitSeconds:0.00} ms ({loader.Share:0.00%}) wait for its batch"));
        }
    }

    private static string Json(DataBenchmarkReport report) => JsonSerializer.Serialize(new
    {
        dataset = report.Dataset,
        cold = report.Cold,
        rows = report.Rows.Select(row => new { name = row.Name, workers = row.Workers, clips_per_s = row.ClipsPerSecond, mb_per_s = row.MegabytesPerSecond }),
        cache_over_cold = report.CacheOverCold,
        loader = report.Loader is { } loader ? new { step_s = loader.StepSeconds, wait_s = loader.WaitSeconds, share = loader.Share } : null,
    });

    // A small data set that goes away with the measurement.
    private sealed record ComposedForNow(string Folder) : IDisposable
    {
        public static ComposedForNow Create(Terminal terminal)
        {
            terminal.Error.WriteLine("there is no data set here: composing a small one for the measurement");
            var size = StampsSize.Tiny;
            var cache = PartsCache.OpenOrFetch(CacheFolder.Default(), StampsCatalogue.Default(), terminal.Error.WriteLine);
            using var parts = StampParts.Load(cache, size.Objects, Environment.ProcessorCount);
            var made = new ComposedForNow(Directory.CreateTempSubdirectory("avs-bench-").FullName);
            StampsComposer.Compose(made.Folder, parts, new ComposeOptions(1, size.S4, size.MS3, Environment.ProcessorCount, LabelAllTrainFrames: true));
            return made;
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
