using System.CommandLine;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.EcmvaeCodes;
using Avs.Eval.Reports;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>The verbs of `avs latent` that look into the codes c, s_v and s_a of an ECMVAE.</summary>
internal static class LatentFactors
{
    public static Verb Factors(Terminal terminal) => Create(terminal, "factors",
        "ECMVAE: what c, s_v and s_a carry: PCA, t-SNE, KL, active units, what they have in common, linear probes; and the codes as files.",
        ["avs latent factors runs/demo/short", "avs latent factors runs/demo/short --split val --clips 100"], [],
        (run, parse, options, view) =>
        {
            if (parse.GetValue(options.Split) == "train")
                throw new UsageException("--split: found train, from which the probes learn; expected val or test");
            var train = run.Open(Split.Train);
            var count = view.Count("clips");
            var all = run.Clips.Clips.Count + train.Clips.Count;
            var codes = CodePass.Collect(run.Model, run.Clips, run.Pass with { Progress = done => count(done, all) });
            var known = CodePass.Collect(
                run.Model, train, run.Pass with { Progress = done => count(run.Clips.Clips.Count + done, all) });
            var measures = FactorMeasures.Compute(codes, run.Seed);
            var probes = EcmvaeProbes.Run(known, codes);
            var report = FactorReport.Create(codes, measures, probes, run.Name, run.Seed);
            return (report, () =>
            [
                .. CodeExport.Write(codes, run.Folder, run.Checkpoint),
                EcmvaeCodesJson.Write(run.Folder, "factors.json",
                    new FactorsFile(run.Name, run.Checkpoint, measures, probes), EcmvaeCodesJson.Default.FactorsFile),
            ]);
        });

    public static Verb Export(Terminal terminal)
    {
        var options = new FactorOptions();
        var verb = new Verb("export", "ECMVAE: write the codes c, s_v and s_a of every frame of a split as safetensors and CSV.",
            "avs latent export runs/demo/short --split val") { options.Run };
        foreach (var option in options.All.Where(option => option != options.Seed))
            verb.Add(option);
        verb.SetAction(parse =>
        {
            using var run = FactorRun.Open(parse, options);
            using var scope = NewDisposeScope();
            var codes = ProgressView.Run(terminal, view => Collect(run, view));
            foreach (var path in CodeExport.Write(codes, run.Folder, run.Checkpoint))
                terminal.Out.WriteLine($"wrote {path}");
        });
        return verb;
    }

    public static Verb Effects(Terminal terminal)
    {
        var pictures = CommonOptions.Count("--pictures", "How many clips are drawn.", 6);
        return Create(terminal, "effects",
            "ECMVAE: what each code does to the mask: set to zero, to its average, swapped with another clip's; pictures and scores.",
            ["avs latent effects runs/demo/short --clips 100"], [pictures], (run, parse, _, view) =>
            {
                var count = view.Count("clips");
                var (report, result) = EffectReport.Create(
                    run.Model, run.Clips, run.Pass with { Progress = done => count(done, 2 * run.Clips.Clips.Count) }, run.Name,
                    parse.GetValue(pictures));
                return (report, () =>
                [
                    EcmvaeCodesJson.Write(
                        run.Folder, "effects.json", new EffectsFile(run.Name, run.Checkpoint, result), EcmvaeCodesJson.Default.EffectsFile),
                ]);
            });
    }

    public static Verb Uncertainty(Terminal terminal)
    {
        var samples = CommonOptions.Count("--samples", "Draws of the codes a frame.", 10, least: 2);
        var pictures = CommonOptions.Count("--pictures", "How many clips are drawn.", 6);
        return Create(terminal, "uncertainty",
            "ECMVAE: where draws of the codes disagree, and whether the mask is wrong there: maps, calibration, sparsification.",
            ["avs latent uncertainty runs/demo/short --samples 20 --clips 100"], [samples, pictures], (run, parse, _, view) =>
            {
                var count = view.Count("clips");
                var (report, result) = UncertaintyReport.Create(
                    run.Model, run.Clips, run.Pass with { Progress = done => count(done, run.Clips.Clips.Count) },
                    parse.GetValue(samples), run.Name, run.Seed, parse.GetValue(pictures));
                return (report, () =>
                [
                    EcmvaeCodesJson.Write(run.Folder, "uncertainty.json",
                        new UncertaintyFile(run.Name, run.Checkpoint, result), EcmvaeCodesJson.Default.UncertaintyFile),
                ]);
            });
    }

    // A verb that draws a report and writes it, with files of numbers beside it.
    private static Verb Create(
        Terminal terminal, string name, string purpose, string[] examples, Option[] own,
        Func<FactorRun, ParseResult, FactorOptions, ProgressView, (FigureReport Report, Func<IReadOnlyList<string>> Write)> compute)
    {
        var options = new FactorOptions();
        var verb = new Verb(name, purpose, examples) { options.Run };
        foreach (var option in own.Concat(options.All))
            verb.Add(option);
        verb.SetAction(parse =>
        {
            using var run = FactorRun.Open(parse, options);
            using var scope = NewDisposeScope();
            var (report, write) = ProgressView.Run(terminal, view => compute(run, parse, options, view));
            FigureView.Show(terminal, report, run.Folder);
            foreach (var path in write())
                terminal.Out.WriteLine($"wrote {path}");
        });
        return verb;
    }

    private static CollectedCodes Collect(FactorRun run, ProgressView view)
    {
        var count = view.Count("clips");
        return CodePass.Collect(run.Model, run.Clips, run.Pass with { Progress = done => count(done, run.Clips.Clips.Count) });
    }
}
