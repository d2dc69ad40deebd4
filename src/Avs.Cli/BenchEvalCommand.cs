using System.CommandLine;
using Avs.Bench;

namespace Avs.Cli;

/// <summary>`avs bench eval`</summary>
internal static class BenchEvalCommand
{
    public static Verb Create(Terminal terminal)
    {
        var run = new Argument<string?>("RUN")
        {
            Description = "The run whose evaluation is measured, or an experiment (YAML), then with random weights. Default: only "
                + "scoring is.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var data = CommonOptions.Data();
        var rounds = CommonOptions.Count("--rounds", "Rounds; the median counts.", 5);
        var clips = CommonOptions.Count("--clips", "Test clips of a pass.", 40);
        var json = CommonOptions.Json("the figures");
        var verb = new Verb(
            "eval",
            "Milliseconds a frame of scoring, beside the published loop over 255 thresholds on the same tensors; of a run, what a pass "
            + "over its test clips costs under one sound and under five, and where the time goes.",
            "avs bench eval",
            "avs bench eval runs/demo/short --json") { run, data, rounds, clips, json };
        verb.SetAction(parse =>
        {
            var report = EvalBenchmark.Run(new EvalBenchmarkOptions(Rounds: parse.GetValue(rounds), Clips: parse.GetValue(clips))
            {
                Run = parse.GetValue(run),
                Data = parse.GetValue(data),
                Report = terminal.Error.WriteLine,
            });
            if (parse.GetValue(json))
                terminal.Out.WriteLine(EvalBenchmarkJson.From(report).ToJson());
            else
                Print(terminal.Out, report);
        });
        return verb;
    }

    private static void Print(TextWriter output, EvalBenchmarkReport report)
    {
        void Line(FormattableString text) => output.WriteLine(FormattableString.Invariant(text));
        Line($"scoring a frame takes {report.EngineMs:0.000} ms, the loop over thresholds {report.LoopMs:0.0} ms: {report.Ratio:0} times");
        Line($"largest difference of their precisions and recalls: {report.Difference:0.0e+0}");
        foreach (var pass in report.Passes)
        {
            var (all, network) = (pass.Times.All, pass.NetworkShare);
            var (waiting, scoring) = (pass.Times.Waiting / all, pass.Times.Scoring / all);
            Line($"{pass.Conditions} sound(s): {all:0.00} s, {network:0 %} network, {waiting:0 %} waiting, {scoring:0 %} scoring");
        }
        if (report.CostOfSeveral is { } cost)
            Line($"{report.Passes[^1].Conditions} sounds cost {cost:0.00} times one");
    }
}
