using System.CommandLine;
using Avs.Core;
using Avs.Eval.AutoencoderFigures;
using static Avs.Cli.LatentCommand;

namespace Avs.Cli;

/// <summary>The verbs of `avs latent` that show images: reconstructed, new, on the way from one to another, restored.</summary>
internal static class LatentImages
{
    public static Command Reconstruct(Terminal terminal)
    {
        var count = CommonOptions.Count("--count", "How many images, the first of the split.", 10);
        var mean = Mean("Decode the mean of an image's code rather than a draw.");
        return Picture(terminal, "reconstruct", "Images above, their reconstructions below.",
            "avs latent reconstruct runs/vae/first --count 30",
            [count, mean], (run, parse) => ReconstructionFigure.Draw(run.Subject, parse.GetValue(count), parse.GetValue(mean)));
    }

    public static Command Sample(Terminal terminal)
    {
        var count = CommonOptions.OptionalCount("--count", "How many. Default: 18, of more than 2 dimensions 30.");
        var sampler = new Option<string?>("--sampler")
        {
            Description = "Where codes come from: the box that holds the codes, the prior N(0, I), or a Gaussian mixture fitted to the "
                + "codes. Default: prior where the model was trained towards it, gmm of a regularised autoencoder, box of a plain one.",
        };
        sampler.AcceptOnlyFromAmong("box", "prior", "gmm");
        return Picture(terminal, "sample", "New images, and where their codes lie.", "avs latent sample runs/ae/first --sampler gmm",
            [count, sampler], (run, parse) => SampleFigure.Draw(run.Subject, parse.GetValue(sampler) switch
            {
                "box" => CodeSource.Box,
                "prior" => CodeSource.Prior,
                "gmm" => CodeSource.Mixture,
                _ => run.Source,
            }, parse.GetValue(count)));
    }

    public static Command Interpolate(Terminal terminal)
    {
        var from = ImageNumber("--from", "The image to begin with, by its number from 0. Default: drawn.");
        var to = ImageNumber("--to", "The image to end with.");
        var count = CommonOptions.Count("--count", "How many pairs are drawn where none is named.", 5);
        return Picture(terminal, "interpolate", "One image becomes another: the codes on the line between theirs, decoded.",
            "avs latent interpolate runs/vae/first --from 3 --to 17", [from, to, count], (run, parse) =>
                (parse.GetValue(from), parse.GetValue(to)) switch
                {
                    (null, null) => PathFigures.Interpolate(run.Subject, PathFigures.DrawPairs(run.Subject, parse.GetValue(count))),
                    ({ } a, { } b) => PathFigures.Interpolate(run.Subject, [(a, b)]),
                    _ => throw new UsageException("--from and --to go together: give both images, or neither"),
                });
    }

    public static Command Traverse(Terminal terminal)
    {
        var image = ImageNumber("--image", "Start at this image's code, by its number from 0. Default: at the middle of all codes.");
        var dimensions = new Option<int[]?>("--dimensions")
        {
            Description = "Which dimensions, from 0. Default: the ten that tell images apart the most.",
            HelpName = "D",
            AllowMultipleArgumentsPerToken = true,
        };
        return Picture(terminal, "traverse", "One dimension at a time from low to high, decoded.",
            "avs latent traverse runs/vae/first --image 3 --dimensions 0 4", [image, dimensions], (run, parse) =>
                PathFigures.Traverse(run.Subject, parse.GetValue(image), parse.GetValue(dimensions) is { Length: > 0 } some ? some : null));
    }

    public static Command Neighbours(Terminal terminal)
    {
        var image = ImageNumber("--image", "The image, by its number from 0. Default: one of each class.");
        var count = CommonOptions.Count("--count", "How many neighbours.", 10);
        return Picture(terminal, "neighbours", "Images beside those whose codes are nearest.",
            "avs latent neighbours runs/vae/first --image 3",
            [image, count], (run, parse) => NeighbourFigure.Draw(
                run.Subject, parse.GetValue(image) is { } one ? [one] : run.Subject.OnePerClass(10), parse.GetValue(count)));
    }

    public static Command Restoration(Terminal terminal, string name, string purpose, Damage damage)
    {
        if (damage == Damage.Noise)
            return Picture(terminal, name, purpose, $"avs latent {name} runs/vae/first", [],
                (run, _) => RestorationFigure.Draw(run.Subject, damage));
        var rounds = CommonOptions.Count("--rounds", "How often the result is encoded again, the known part put back each time.", 20);
        return Picture(terminal, name, purpose, $"avs latent {name} runs/vae/first", [rounds],
            (run, parse) => RestorationFigure.Draw(run.Subject, damage, parse.GetValue(rounds)));
    }
}
