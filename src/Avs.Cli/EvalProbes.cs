using System.CommandLine;
using Avs.Data.Clips;
using Avs.Eval.Autoencoding;
using Avs.Eval.EcmvaeCodes;
using Avs.Eval.Reports;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>`avs eval --probes` of an ECMVAE: what linear classifiers find in its codes.</summary>
internal static class EvalProbes
{
    public static void Run(Terminal terminal, ParseResult parse, EvalOptions options, string path)
    {
        options.RefuseOthers(parse, "probes", options.Probes, options.Data, options.Split);
        var split = options.HeldOut(parse);
        var device = CommonOptions.ParseDevice(parse.GetValue(options.Device)!);
        options.Report(
            terminal, parse, EcmvaeCodesJson.Default.EcmvaeProbeResult,
            view => Evaluate(path, device, parse.GetValue(options.Data), split, view), Print);
    }

    private static EcmvaeProbeResult Evaluate(string path, Device device, string? root, Split split, ProgressView view)
    {
        var (model, trained, _) = SegmenterFactory.Load(path, device);
        using (model)
        {
            trained.Run.Train.ApplyThreads();
            var config = root is null ? trained.Task.Data : trained.Task.Data with { Root = root };
            var data = new ExperimentData(config, FrozenSound.Of(model, device));
            var (train, test) = (data.Open(Split.Train), data.Open(split));
            var count = view.Count("clips");
            return EcmvaeProbes.Run(model, train, test, new CodePassOptions(trained.Task.Model.Network.ImageSize)
            {
                ClipsPerBatch = trained.Task.Evaluate.BatchClips,
                Threads = config.Workers,
                Device = device,
                Progress = done => count(done, train.Clips.Count + test.Clips.Count),
            });
        }
    }

    private static void Print(Terminal terminal, EcmvaeProbeResult result)
    {
        IEnumerable<IReadOnlyList<string>> Rows(string path, IEnumerable<ProbeResult> probes) => probes.Select(probe =>
            (IReadOnlyList<string>)[path, probe.Code, probe.Factor, probe.ShouldBe, .. MeasureTables.Shares(probe.Accuracy, probe.Chance)]);
        terminal.Screen.Write(TableView.Create(new Table(
            ["codes", "code", "what is looked for", "should be", "accuracy", "chance"],
            [.. Rows("prior (without masks)", result.Prior), .. Rows("posterior (saw the masks)", result.Posterior)])));
        terminal.Out.WriteLine($"{result.Dataset}: {result.TestFrames} frames, probes learned from {result.TrainFrames}; "
            + MeasureTables.Seconds(result.Seconds));
    }
}
