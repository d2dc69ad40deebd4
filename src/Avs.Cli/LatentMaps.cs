using System.CommandLine;
using Avs.Eval.AutoencoderFigures;
using static Avs.Cli.LatentCommand;

namespace Avs.Cli;

/// <summary>The verbs of `avs latent` that show where codes lie, and what lies where.</summary>
internal static class LatentMaps
{
    private const string PageFile = "page.html";

    public static Command Scatter(Terminal terminal)
    {
        var mean = Mean("Show the means of codes rather than a draw of each.");
        return Picture(terminal, "scatter", "Codes in the plane, by label, and through the normal distribution function; centroids.",
            "avs latent scatter runs/vae/first", [mean], (run, parse) => ScatterFigure.Draw(run.Subject, parse.GetValue(mean)));
    }

    public static Command Histograms(Terminal terminal) =>
        Picture(terminal, "histograms", "How codes are distributed in each of the first 50 dimensions, beside N(0, 1); dead dimensions.",
            "avs latent histograms runs/vae/first", [], (run, _) => HistogramFigure.Draw(run.Subject));

    public static Command Manifold(Terminal terminal)
    {
        var side = CommonOptions.Count("--side", "Images a side.", 15, least: 2);
        return Picture(terminal, "manifold", "A grid over the latent plane, decoded.", "avs latent manifold runs/vae/first", [side],
            (run, parse) => ManifoldFigure.Draw(run.Subject, run.HasPrior, parse.GetValue(side)));
    }

    public static Command Ellipses(Terminal terminal)
    {
        var count = CommonOptions.Count("--count", "How many images, one of each class.", 10);
        return Picture(terminal, "ellipses", "Where the codes of some images may lie: one and two deviations of q(z | x).",
            "avs latent ellipses runs/vae/first", [count], (run, parse) => EllipseFigure.Draw(run.Subject, parse.GetValue(count)));
    }

    public static Verb Page(Terminal terminal)
    {
        var options = new LatentOptions();
        var second = new Argument<string?>("RUN2") { Description = "Another run, beside the first.", Arity = ArgumentArity.ZeroOrOne };
        var side = CommonOptions.Count("--side", "Decoded images a side of the grid that the page mixes.", 41, least: 2);
        var verb = new Verb("page",
            "One web page without network: move a point in the latent plane and see the decoded image; two runs side by side.",
            "avs latent page runs/vae/first", "avs latent page runs/ae/first runs/vae/first --out pictures")
        {
            options.Run, second, side,
        };
        foreach (var option in options.All)
            verb.Add(option);
        verb.SetAction(parse =>
        {
            using var first = LatentRun.Open(terminal, parse, options, parse.GetValue(options.Run)!);
            using var other = parse.GetValue(second) is { } path ? LatentRun.Open(terminal, parse, options, path) : null;
            var folder = parse.GetValue(options.Out) ?? first.Folder;
            Directory.CreateDirectory(folder);
            var file = Path.Combine(folder, PageFile);
            LatentPage.Write(file, other is null ? [first.Subject] : [first.Subject, other.Subject], parse.GetValue(side));
            terminal.Out.WriteLine($"wrote {file}");
        });
        return verb;
    }
}
