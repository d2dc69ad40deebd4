using System.CommandLine;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Autoencoding;
using Avs.Train.Autoencoding;

namespace Avs.Cli;

/// <summary>`avs eval` of a multimodal VAE.</summary>
internal static class EvalMultimodal
{
    public static void Run(Terminal terminal, ParseResult parse, EvalOptions options, string path)
    {
        options.RefuseOthers(parse, "a multimodal VAE", options.Data, options.Split, options.BoundSamples, options.Most);
        options.HeldOut(parse);
        options.Report(terminal, parse, MeasuresJson.Default.MultimodalResult, view => Evaluate(parse, options, path, view), Print);
    }

    private static MultimodalResult Evaluate(ParseResult parse, EvalOptions options, string path, ProgressView view)
    {
        var device = CommonOptions.ParseDevice(parse.GetValue(options.Device)!);
        var (model, experiment, _) = MultimodalDefinition.Networks.Load(path, device);
        using (model)
        {
            experiment.Run.Train.ApplyThreads();
            var config = experiment.Task.Data;
            if (parse.GetValue(options.Data) is { } root)
                config = config with { Root = root };
            using var train = ExampleData.Open(config, Split.Train, view.Write);
            using var test = ExampleData.Open(config, options.HeldOut(parse), view.Write);
            var (stage, training) = MeasureTables.Progress(view, MultimodalEvaluation.Stages.Count);
            var usual = new MultimodalEvaluationOptions();
            var most = parse.GetValue(options.Most);
            return MultimodalEvaluation.Run(model, train, test, usual with
            {
                TrainExamples = most ?? usual.TrainExamples,
                TestExamples = most ?? usual.TestExamples,
                BoundSamples = parse.GetValue(options.BoundSamples) ?? usual.BoundSamples,
                Classifier = new ClassifierOptions { Cache = CacheFolder.Default(), Progress = training },
                Device = device,
                Stage = stage,
            });
        }
    }

    private static void Print(Terminal terminal, MultimodalResult result)
    {
        terminal.Out.WriteLine($"{result.Dataset}: {result.TestExamples} examples, probes learned from {result.TrainExamples}");
        MeasureTables.Write(terminal, null, ["measure", "value", "note"], Overall(result));
        MeasureTables.Write(terminal, "modalities",
            ["modality", "reconstruction error", "classifier's accuracy", "Fréchet, samples", "Fréchet, training", "made from all others"],
            result.Modalities.Select(modality => (IReadOnlyList<string>)
            [
                modality.Name, MeasureTables.Number(modality.ReconstructionError), MeasureTables.Share(modality.ClassifierAccuracy),
                MeasureTables.Number(modality.FrechetDistance), MeasureTables.Number(modality.LeastFrechetDistance),
                MeasureTables.Share(modality.LeaveOneOut),
            ]));
        MeasureTables.Write(terminal, "linear probes: what is found in the codes",
            ["code", "what is looked for", "should be", "accuracy", "chance"],
            result.Probes.Select(probe => (IReadOnlyList<string>)
            [
                probe.Code, probe.Factor, probe.ShouldBe, .. MeasureTables.Shares(probe.Accuracy, probe.Chance),
            ]));
        terminal.Out.WriteLine(MeasureTables.Seconds(result.Seconds));
    }

    private static IEnumerable<IReadOnlyList<string>> Overall(MultimodalResult result)
    {
        if (result.Bound is { } bound)
        {
            yield return ["ELBO, nats an example", MeasureTables.Mean(bound.Elbo), $"{bound.Elbo.Images} examples, one code each"];
            yield return ["  bits per dimension", MeasureTables.Number(bound.BitsPerDimension), "of the ELBO"];
            yield return [$"IWAE-{bound.ImportanceSamples}, nats an example", MeasureTables.Mean(bound.ImportanceWeighted), "of the same"];
        }
        else
        {
            yield return ["ELBO, bits, IWAE", "-", result.WhyNoBound ?? ""];
        }
        if (result.Coherence is not { } coherence)
        {
            yield return ["coherence", "-", result.WhyNoCoherence ?? ""];
            yield break;
        }
        yield return
        [
            "joint coherence", MeasureTables.Share(coherence.Joint), $"samples of which all modalities have one {result.CoherentFactor}",
        ];
        for (var given = 1; given <= coherence.ByGiven.Count; given++)
        {
            yield return
            [
                $"conditional coherence, {given} given", MeasureTables.Share(coherence.ByGiven[given - 1]),
                $"modalities made from {given} of the others with their {result.CoherentFactor}",
            ];
        }
    }
}
