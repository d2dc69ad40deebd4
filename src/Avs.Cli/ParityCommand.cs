using System.CommandLine;
using System.Globalization;
using Avs.Cli.Json;
using Avs.Parity;
using Avs.Parity.Comparison;

namespace Avs.Cli;

/// <summary>`avs parity DIR`</summary>
internal static class ParityCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "A folder with a manifest.json and the files it names." };
        var json = CommonOptions.Json("the cases");
        var verb = new Verb("parity", "Compare this program's numbers with the reference numbers in a folder; exits 1 if any case fails.",
            "avs parity tests/parity", "avs parity tests/parity --json") { folder, json };
        verb.SetAction(parse =>
        {
            var cases = ParityRunner.Run(parse.GetValue(folder)!);
            if (parse.GetValue(json))
                JsonOutput.Write(terminal, ParityJson.From(cases), JsonOutput.Default.ParityJson);
            else
                Print(terminal.Out, cases);
            return cases.Any(item => item.Status == CaseStatus.Fail) ? 1 : 0;
        });
        return verb;
    }

    private static void Print(TextWriter output, IReadOnlyList<CaseResult> cases)
    {
        var width = cases.Select(item => item.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var item in cases)
        {
            var figures = double.IsNaN(item.Worst)
                ? $"{"-",9} {"-",9}"
                : string.Create(CultureInfo.InvariantCulture, $"{item.Worst,9:0.0e+00} {item.Tolerance,9:0.0e+00}");
            output.WriteLine($"{item.Name.PadRight(width)}  {figures}  {item.StatusText,-11}  {item.Detail}".TrimEnd());
        }
        int Count(CaseStatus status) => cases.Count(item => item.Status == status);
        output.WriteLine($"{Count(CaseStatus.Ok)} ok, {Count(CaseStatus.Fail)} failed, {Count(CaseStatus.NotCovered)} not covered");
    }
}
