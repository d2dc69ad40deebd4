using System.CommandLine;
using System.Globalization;
using Avs.Cli.Json;
using Avs.Train.Segmentation;

namespace Avs.Cli;

/// <summary>`avs data cache CONFIG`</summary>
internal static class DataCacheCommand
{
    public static Command Create(Terminal terminal)
    {
        var config = new Argument<string>("CONFIG")
        {
            Description = "The experiment, a YAML file, whose data set and frozen audio network the cache is for.",
        };
        var set = CommonOptions.Set();
        var data = CommonOptions.Data();
        var device = CommonOptions.Device();
        var json = CommonOptions.Json("what was made");
        var verb = new Verb("cache",
            "Make the caches that an experiment's data.cache asks for (auto, where it says none): a file for each split, with the clips " +
            "decoded and a frozen audio network's embeddings of their sound. Training makes them by itself; files up to date stay.",
            "avs data cache experiments/demo.yaml",
            "avs data cache experiments/demo.yaml --data data/avs-stamps --set data.cache=caches")
        {
            config, set, data, device, json,
        };
        verb.SetAction(parse =>
        {
            var experiment = SegmentationExperiment.Load(
                parse.GetValue(config)!, CommonOptions.Overrides(parse, set, data), terminal.Error.WriteLine);
            var made = Make(terminal, experiment, CommonOptions.ParseDevice(parse.GetValue(device)!));
            if (parse.GetValue(json))
                JsonOutput.Write(terminal, DataCacheJson.From(made), JsonOutput.Default.DataCacheJson);
            else
                Print(terminal.Out, made);
        });
        return verb;
    }

    private static IReadOnlyList<MadeCache> Make(Terminal terminal, SegmentationExperiment experiment, TorchSharp.torch.Device device) =>
        ProgressView.Run(terminal, view => Stoppable.Run(
            "stopped; the caches that were complete are kept, nothing of the others is left",
            stop => CacheMaking.Run(experiment, device, view.Write, () => view.Count("clips"), stop)));

    private static void Print(TextWriter output, IReadOnlyList<MadeCache> made)
    {
        foreach (var cache in made)
        {
            var bad = cache.Bad > 0 ? $"  ({cache.Bad} cannot be read)" : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{cache.Name,-12} {cache.Clips,6} clips  {cache.Bytes / 1e6,8:0.0} MB  {cache.Path}{bad}"));
        }
    }
}
