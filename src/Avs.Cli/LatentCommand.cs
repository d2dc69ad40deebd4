using System.CommandLine;
using Avs.Eval.AutoencoderFigures;
using Avs.Eval.Reports;

namespace Avs.Cli;

/// <summary>`avs latent VERB RUN`</summary>
internal static class LatentCommand
{
    public static Command Create(Terminal terminal) => new Verb(
        "latent", "Look into the latent space of a trained autoencoder or VAE, or into the codes of an ECMVAE.")
    {
        LatentImages.Reconstruct(terminal), LatentImages.Sample(terminal), LatentMaps.Scatter(terminal), LatentMaps.Histograms(terminal),
        LatentImages.Interpolate(terminal), LatentImages.Traverse(terminal), LatentArithmeticCommand.Create(terminal),
        LatentImages.Neighbours(terminal), LatentMaps.Manifold(terminal), LatentMaps.Ellipses(terminal),
        LatentImages.Restoration(terminal, "inpaint", "Fill in a hole in the middle of images.", Damage.Hole),
        LatentImages.Restoration(terminal, "outfill", "Fill in all but the middle of images.", Damage.Surroundings),
        LatentImages.Restoration(terminal, "denoise", "Take noise out of images.", Damage.Noise),
        LatentImages.Restoration(terminal, "colourise", "Find colours for grey images; of a model of colour images.", Damage.Colour),
        LatentDensityCommand.Create(terminal), LatentEmbedCommand.Create(terminal), LatentMaps.Page(terminal),
        LatentFactors.Factors(terminal), LatentFactors.Export(terminal),
        LatentFactors.Effects(terminal), LatentFactors.Uncertainty(terminal),
    };

    /// <summary>A verb that draws pictures of a run, writes them and prints their numbers.</summary>
    /// <param name="own">The options that it has beside those of all.</param>
    public static Verb Picture(Terminal terminal, string name, string purpose, string example, Option[] own,
        Func<LatentRun, ParseResult, FigureReport> draw) =>
        Picture(terminal, name, purpose, example, own, (run, parse, _) => draw(run, parse));

    /// <inheritdoc cref="Picture(Terminal, string, string, string, Option[], Func{LatentRun, ParseResult, FigureReport})"/>
    public static Verb Picture(Terminal terminal, string name, string purpose, string example, Option[] own,
        Func<LatentRun, ParseResult, LatentOptions, FigureReport> draw)
    {
        var options = new LatentOptions();
        var verb = new Verb(name, purpose, example) { options.Run };
        foreach (var option in own.Concat(options.All))
            verb.Add(option);
        verb.SetAction(parse =>
        {
            using var run = LatentRun.Open(terminal, parse, options, parse.GetValue(options.Run)!);
            FigureView.Show(terminal, draw(run, parse, options), parse.GetValue(options.Out) ?? run.Folder);
        });
        return verb;
    }

    public static Option<bool> Mean(string what) => new("--mean") { Description = what };

    public static Option<int?> ImageNumber(string name, string what) => new(name) { Description = what, HelpName = "N" };
}
