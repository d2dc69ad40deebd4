using System.Globalization;
using Avs.Bench;

namespace Avs.Cli;

/// <summary>`avs bench vae`</summary>
internal static class BenchVaeCommand
{
    public static Verb Create(Terminal terminal)
    {
        var json = CommonOptions.Json("the rows");
        var threads = CommonOptions.Count("--threads", "Threads that an operator may use.", 2);
        var rounds = CommonOptions.Count("--rounds", "Measurements of each model, of about a second; the median counts.", 7);
        var verb = new Verb(
            "vae",
            "Images a second in training small autoencoders (batches of 100, Adam), in turns with the same networks in Python where a "
            + "python3 with torch is installed.",
            "avs bench vae",
            "avs bench vae --threads 1 --json") { threads, rounds, json };
        verb.SetAction(parse =>
        {
            var options = new VaeBenchmarkOptions(parse.GetValue(threads), parse.GetValue(rounds)) { Report = terminal.Error.WriteLine };
            var rows = VaeBenchmark.Run(options);
            if (parse.GetValue(json))
                terminal.Out.WriteLine(VaeBenchmarkJson.From(rows, options).ToJson());
            else
                Print(terminal.Out, rows, options);
        });
        return verb;
    }

    private static void Print(TextWriter output, IReadOnlyList<VaeRow> rows, VaeBenchmarkOptions options)
    {
        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

        Line($"images a second in training, batches of 100, {options.Threads} threads, median of {options.Rounds}");
        Line($"{"",-10}  {"parameters",10}  {"ours",8}  {"Python",8}  {"ratio",6}");
        foreach (var row in rows)
            Line($"{row.Name,-10}  {row.Parameters,10:N0}  {row.Ours,8:0}  {Figure(row.Python, "0"),8}  {Figure(row.Ratio, "0.00"),6}");
        if (rows.All(row => row.Python is null))
            output.WriteLine("There is no python3 with torch on this machine to compare with.");
    }

    private static string Figure(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
