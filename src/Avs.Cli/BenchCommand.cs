using System.CommandLine;
using System.Globalization;
using Avs.Bench;

namespace Avs.Cli;

/// <summary>`avs bench ops`</summary>
internal static class BenchCommand
{
    public static Command Create(Terminal terminal) => new Verb(
        "bench", "Measure operators, models, the training of autoencoders, the loading of data and evaluation.")
    {
        Ops(terminal),
        BenchModelCommand.Create(terminal),
        BenchDataCommand.Create(terminal),
        BenchVaeCommand.Create(terminal),
        BenchEvalCommand.Create(terminal),
    };

    private static Verb Ops(Terminal terminal)
    {
        var json = CommonOptions.Json("the rows");
        var threads = CommonOptions.Count("--threads", "Threads that an operator may use.", 1);
        var rounds = CommonOptions.Count("--rounds", "Measurements of each operation; the median counts.", 61);
        var verb = new Verb(
            "ops",
            "Microseconds a call of single operations, beside the same from Python where a python3 with torch is installed.",
            "avs bench ops",
            "avs bench ops --threads 2 --json") { threads, rounds, json };
        verb.SetAction(parse =>
        {
            var options = new OpsBenchmarkOptions(parse.GetValue(threads), parse.GetValue(rounds));
            var rows = OpsBenchmark.Run(options);
            if (parse.GetValue(json))
                terminal.Out.WriteLine(OpsBenchmarkJson.From(rows).ToJson());
            else
                Print(terminal.Out, rows);
        });
        return verb;
    }

    private static void Print(TextWriter output, IReadOnlyList<OpRow> rows)
    {
        var width = rows.Max(row => row.Name.Length);
        output.WriteLine($"{"microseconds a call".PadRight(width)}  {"ours",10}  {"Python",10}  {"ratio",6}");
        foreach (var row in rows)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Name.PadRight(width)}  {row.OursUs,10:0.00}  {Figure(row.PythonUs),10}  {Figure(row.Ratio),6}"));
        }

        if (rows.All(row => row.PythonUs is null))
            output.WriteLine("There is no python3 with torch on this machine to compare with.");
    }

    private static string Figure(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
}
