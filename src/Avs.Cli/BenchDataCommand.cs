using System.CommandLine;
using Avs.Bench;
using Avs.Core;
using Avs.Data.Clips;
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
            "Clips a second from cold files, warm files and the cache, with one worker and two, beside the same in Python where a " +
            "python3 with PIL and numpy is installed, and the share of a training step that is spent waiting for clips. Without a data " +
            "set a small AVS-Stamps is composed for it.",
            "avs bench data",
            "avs bench data --data data/avs-stamps --rounds 9 --json",
            "avs bench data --config experiments/demo.yaml --steps 0")
        {
            config, data, set, device, clips, rounds, steps, json,
        };
        verb.SetAction(parse =>
        {
            var experiment = SegmentationExperiment.Load(
                parse.GetValue(config)!, CommonOptions.Overrides(parse, set, data), terminal.Error.WriteLine);
            if (experiment.Task.Data.Subset == Subset.AVSS)
                throw new UsageException("data.subset: found 'avss', expected s4 or ms3: the same work in Python, which this measurement "
                    + "compares with, reads only those");
            var options = new DataBenchmarkOptions(parse.GetValue(clips), parse.GetValue(rounds), parse.GetValue(steps))
            {
                Report = terminal.Error.WriteLine,
            };
            var isThere = Directory.Exists(experiment.Task.Data.Root) || parse.GetResult(data) is not null;
            using var composed = isThere ? null : TemporaryDataset.Compose(terminal);
            if (composed is not null)
            {
                var own = experiment.Task.Data with { Root = composed.Folder };
                experiment = experiment with { Task = experiment.Task with { Data = own } };
            }
            var report = DataBenchmark.Run(experiment, CommonOptions.ParseDevice(parse.GetValue(device)!), options);
            if (parse.GetValue(json))
                terminal.Out.WriteLine(DataBenchmarkJson.From(report).ToJson());
            else
                Print(terminal.Out, report);
        });
        return verb;
    }

    private static void Print(TextWriter output, DataBenchmarkReport report)
    {
        void Line(FormattableString text) => output.WriteLine(FormattableString.Invariant(text));

        Line($"{report.Dataset}; cold: {report.Cold}");
        Line($"{"",-12}  {"workers",7}  {"clips/s",9}  {"MB/s",8}");
        foreach (var row in report.Rows)
            Line($"{row.Name,-12}  {row.Workers,7}  {row.ClipsPerSecond,9:0.0}  {row.MegabytesPerSecond,8:0.0}");
        if (report.Rows.All(row => row.Name != "python_cold"))
            Line($"There is no python3 with PIL and numpy on this machine to compare with.");
        Line($"the cache gives {report.CacheOverCold:0.0} times the clips of cold files (one worker)");
        if (report.Loader is { } loader)
        {
            var (step, wait) = (1000 * loader.StepSeconds, 1000 * loader.WaitSeconds);
            Line($"a training step takes {step:0.0} ms, of which {wait:0.00} ms ({loader.Share:0.00%}) wait for its batch");
        }
    }

    // A small data set that is deleted after the measurement.
    private sealed record TemporaryDataset(string Folder) : IDisposable
    {
        public static TemporaryDataset Compose(Terminal terminal)
        {
            terminal.Error.WriteLine("there is no data set here: composing a small one for the measurement");
            var size = StampsSize.Tiny;
            var cache = PartsCache.OpenOrFetch(CacheFolder.Default(), StampsCatalogue.Default(), terminal.Error.WriteLine);
            using var parts = StampParts.Load(cache, size.Objects, Environment.ProcessorCount);
            var dataset = new TemporaryDataset(Directory.CreateTempSubdirectory("avs-bench-").FullName);
            var options = new ComposeOptions(1, size.S4, size.MS3, Environment.ProcessorCount, LabelAllTrainFrames: true);
            StampsComposer.Compose(dataset.Folder, parts, options);
            return dataset;
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
