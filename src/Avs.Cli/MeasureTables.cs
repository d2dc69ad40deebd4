using System.Globalization;
using Avs.Eval.Autoencoding;
using Avs.Eval.Reports;

namespace Avs.Cli;

/// <summary>Numbers of measures as tables write them.</summary>
internal static class MeasureTables
{
    /// <summary>Nats, errors, distances: four digits that count, whole numbers from a thousand on.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
        >= 0.1 => value.ToString("0.000", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00000", CultureInfo.InvariantCulture),
    };

    public static string Number(double? value) => value is { } number ? Number(number) : "-";

    public static string Mean(MeanOfImages mean) => $"{Number(mean.Mean)} ± {Number(mean.StandardError)}";

    /// <summary>Shares from 0 to 1.</summary>
    public static string Share(double? value) => value is { } share ? share.ToString("0.000", CultureInfo.InvariantCulture) : "-";

    public static IEnumerable<string> Shares(params double?[] values) => values.Select(Share);

    public static string Seconds(double seconds) => seconds.ToString("0.0 s", CultureInfo.InvariantCulture);

    /// <summary>A table under its title; nothing where it has no rows.</summary>
    /// <param name="title">null: none.</param>
    public static void Write(Terminal terminal, string? title, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] all = [.. rows];
        if (all.Length == 0)
            return;
        if (title is not null)
            terminal.Out.WriteLine(title);
        terminal.Screen.Write(TableView.Create(new Table(columns, all)));
    }

    /// <summary>Shows stages as a bar that names the one in progress, and training of classifiers as another.</summary>
    public static (Action<int, string> Stage, Action<int, int> Training) Progress(ProgressView view, int stages)
    {
        var show = view.Begin(showFirst: true);
        Action<int, int>? count = null; // its clock begins when it does
        return (
            (stage, name) => show(stage, stages, () => name),
            (done, all) => (count ??= view.Count("steps of a classifier"))(done, all));
    }
}
