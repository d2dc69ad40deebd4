using System.CommandLine;
using System.Globalization;
using Avs.Cli.Json;
using Avs.Core.Formats;
using Avs.Models.Weights;

namespace Avs.Cli;

/// <summary>`avs weights show|convert|diff FILE`</summary>
internal static class WeightsCommand
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static Command Create(Terminal terminal) =>
        new Verb("weights",
            "Look at files of weights, rewrite them in another format, compare them: safetensors and PyTorch's .pth (both containers).",
            "avs weights show resnet50-19c8e357.pth",
            "avs weights convert best.safetensors best.pth",
            "avs weights diff a.pth b.safetensors")
        {
            Show(terminal), Convert(terminal), Diff(terminal),
        };

    private static Verb Show(Terminal terminal)
    {
        var path = File("FILE", "A file of weights.");
        var json = CommonOptions.Json("the tensors");
        var verb = new Verb("show",
            "List the tensors of a file: name, type, shape, number of elements.",
            "avs weights show vggish-10086976.pth --json") { path, json };
        verb.SetAction(parse =>
        {
            using var file = WeightsFile.Open(parse.GetValue(path)!);
            if (parse.GetValue(json))
                JsonOutput.Write(terminal, WeightsFileJson.From(file), JsonOutput.Default.WeightsFileJson);
            else
                Print(terminal.Out, file);
        });
        return verb;
    }

    private static Verb Convert(Terminal terminal)
    {
        var source = File("IN", "A file of weights, in any format.");
        var target = File("OUT", "The file to write: .safetensors, .pth or .pt. It must not exist.");
        var only = new Option<string>("--only")
        {
            Description = "Take only tensors whose name begins with this, and remove it from the name, e.g. state_dict/.",
            HelpName = "START",
            DefaultValueFactory = _ => "",
        };
        var strip = new Option<string>("--strip-prefix")
        {
            Description = "Remove this from the names that begin with it, e.g. module.",
            HelpName = "START",
            DefaultValueFactory = _ => "",
        };
        var verb = new Verb("convert", "Rewrite a file of weights in the format that the new name says, element for element.",
            "avs weights convert checkpoint.pth weights.safetensors --only state_dict/ --strip-prefix module.",
            "avs weights convert runs/demo/short/best.safetensors ecmvae.pth --only network.") { source, target, only, strip };
        verb.SetAction(parse =>
        {
            var report = WeightsConversion.Convert(parse.GetValue(source)!, parse.GetValue(target)!, new ConversionOptions
            {
                Only = parse.GetValue(only)!,
                StripPrefix = parse.GetValue(strip)!,
            });
            var leftOut = report.LeftOut > 0 ? $"; {report.LeftOut} other tensors left out" : "";
            var lost = report.OtherValues > 0 ? $"; {report.OtherValues} values that are not tensors left out" : "";
            foreach (var sentence in report.NotFinite)
                terminal.Error.WriteLine($"note: {sentence}");
            terminal.Out.WriteLine($"{parse.GetValue(target)}: {report.Tensors} tensors{leftOut}{lost}");
        });
        return verb;
    }

    private static Verb Diff(Terminal terminal)
    {
        var first = File("A", "A file of weights.");
        var second = File("B", "Another one, in whichever format.");
        var json = CommonOptions.Json("the differences");
        var verb = new Verb("diff",
            "Compare two files of weights bit for bit; exits 1 when they differ.",
            "avs weights diff a.pth b.safetensors") { first, second, json };
        verb.SetAction(parse =>
        {
            using var a = WeightsFile.Open(parse.GetValue(first)!);
            using var b = WeightsFile.Open(parse.GetValue(second)!);
            var diff = WeightsDiff.Of(a, b);
            if (parse.GetValue(json))
                JsonOutput.Write(terminal, WeightsDiffJson.From(diff), JsonOutput.Default.WeightsDiffJson);
            else
                Print(terminal.Out, diff, a.Path, b.Path);
            return diff.Same ? 0 : 1;
        });
        return verb;
    }

    private static void Print(TextWriter output, WeightsFile file)
    {
        var width = file.Entries.Select(entry => entry.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var entry in file.Entries)
        {
            var (type, shape) = (entry.Type.NameOf(), string.Join(", ", entry.Shape));
            output.WriteLine(string.Create(Invariant, $"{entry.Name.PadRight(width)}  {type,-4}  {entry.Count,12:N0}  [{shape}]"));
        }
        long elements = file.Entries.Sum(entry => entry.Count), bytes = file.Entries.Sum(entry => entry.Bytes);
        var others = file.OtherValues > 0 ? $", {file.OtherValues} other values" : "";
        var skipped = file.SkippedInWords() is { } words ? $", skipped {words}" : "";
        var counts = string.Create(Invariant, $"{file.Entries.Count} tensors, {elements:N0} numbers, {bytes:N0} bytes");
        output.WriteLine($"{file.Path}: {FormatName(file.Format)}, {counts}{others}{skipped}");
    }

    private static void Print(TextWriter output, WeightsDiff diff, string first, string second)
    {
        foreach (var name in diff.Missing)
            output.WriteLine($"{name}  only in {first}");
        foreach (var name in diff.Unexpected)
            output.WriteLine($"{name}  only in {second}");
        foreach (var item in diff.Reshaped)
            output.WriteLine($"{item.Name}  {item.First} in {first}, {item.Second} in {second}");
        foreach (var item in diff.Changed)
        {
            output.WriteLine(string.Create(Invariant,
                $"{item.Name}  differs by at most {item.Largest:0.###e+0}, relative {item.RelativeL2:0.###e+0}"));
        }
        output.WriteLine($"{diff.Equal} equal, {diff.Changed.Count} changed, {diff.Reshaped.Count} of another type or shape, "
            + $"{diff.Missing.Count} only in {first}, {diff.Unexpected.Count} only in {second}");
    }

    private static string FormatName(WeightsFormat format) => format switch
    {
        WeightsFormat.Safetensors => "safetensors",
        WeightsFormat.TorchZip => "PyTorch zip",
        WeightsFormat.TorchLegacy => "PyTorch legacy",
        _ => "Python pickle",
    };

    private static Argument<string> File(string name, string what) => new(name) { Description = what };
}
