using System.CommandLine;
using System.Globalization;
using Avs.Core;
using Avs.Core.Configuration;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json(string what) => new("--json") { Description = $"Print {what} as JSON." };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Change a key of the experiment, e.g. --set train.steps=200; may be given more than once.",
        HelpName = "KEY=VALUE",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Option<string?> Data() => new("--data")
    {
        Description = "The data set's folder; short for --set data.root=DIR.",
        HelpName = "DIR",
    };

    /// <summary>Of verbs that look at a run.</summary>
    public static Option<string?> DataOfRun(string what = "The data set's folder") => new("--data")
    {
        Description = $"{what}. Default: the one of the training.",
        HelpName = "DIR",
    };

    public static Option<string> Split(string what) => Choice("--split", what, Avs.Data.Clips.Split.Test);

    /// <summary>A value of an enumeration, in the words of a configuration.</summary>
    public static Option<string> Choice<T>(string name, string what, T usual) where T : struct, Enum
    {
        var option = new Option<string>(name) { Description = what, DefaultValueFactory = _ => RecordReader.SnakeCase(usual.ToString()) };
        option.AcceptOnlyFromAmong([.. Enum.GetNames<T>().Select(RecordReader.SnakeCase)]);
        return option;
    }

    /// <summary>The value that was chosen so.</summary>
    public static T Chosen<T>(string text) where T : struct, Enum =>
        Enum.GetValues<T>().First(value => RecordReader.SnakeCase(value.ToString()) == text);

    public static Option<string> Runs() => new("--runs")
    {
        Description = "The folder of all runs.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "runs",
    };

    public static Option<string> Device() => new("--device")
    {
        Description = "Where to compute: cpu, cuda or cuda:N.",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "cpu",
    };

    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public static Option<int> Count(string name, string what, int usual, int least = 1)
    {
        var option = new Option<int>(name) { Description = what, DefaultValueFactory = _ => usual };
        RequireAtLeast(option, least);
        return option;
    }

    /// <summary>A whole number of at least <paramref name="least"/>, or none.</summary>
    public static Option<int?> OptionalCount(string name, string what, int least = 1, string help = "N")
    {
        var option = new Option<int?>(name) { Description = what, HelpName = help };
        RequireAtLeast(option, least);
        return option;
    }

    private static void RequireAtLeast(Option option, int least) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            if (int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number < least)
                result.AddError($"{option.Name}: found '{token.Value}', expected a whole number of at least {least}");
        }
    });

    /// <summary>The overrides of --set and --data, in the form that configurations take.</summary>
    public static IReadOnlyList<string> Overrides(ParseResult parse, Option<string[]> set, Option<string?> data) =>
        parse.GetValue(data) is { } root
            ? [.. parse.GetValue(set) ?? [], $"data.root={RecordWriter.Value(root)}"]
            : parse.GetValue(set) ?? [];

    /// <summary>The device of a name.</summary>
    /// <exception cref="UsageException">There is no such device here.</exception>
    public static Device ParseDevice(string name)
    {
        if (name == "cpu")
            return CPU;
        var index = 0;
        var isNumbered = name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), out index) && index >= 0;
        if (name != "cuda" && !isNumbered)
            throw new UsageException($"--device: found '{name}', expected cpu, cuda or cuda:N");
        if (!cuda.is_available())
            throw new UsageException($"--device: found '{name}', but the tensor library in use has no CUDA device; see 'avs doctor'");
        if (index >= cuda.device_count())
            throw new UsageException($"--device: found '{name}', but there are only {cuda.device_count()} CUDA devices, counted from 0");
        return new Device(TorchSharp.DeviceType.CUDA, index);
    }
}
