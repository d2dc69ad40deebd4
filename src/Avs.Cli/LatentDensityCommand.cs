using System.CommandLine;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Eval.AutoencoderFigures;
using static Avs.Cli.LatentCommand;

namespace Avs.Cli;

/// <summary>`avs latent density RUN`</summary>
internal static class LatentDensityCommand
{
    public static Command Create(Terminal terminal)
    {
        var against = new Option<string>("--against")
        {
            Description = "The image set of other images; smaller ones get a border of zeros.",
            HelpName = "SET",
            DefaultValueFactory = _ => "digits",
        };
        var root = new Option<string?>("--against-data") { Description = "The folder of that set, if it needs one.", HelpName = "DIR" };
        var samples = CommonOptions.Count("--samples", "Codes an image: 1 for the ELBO, more for the importance-weighted bound.", 1);
        return Picture(terminal, "density", "How probable a VAE finds images like those it was trained on, and others; outliers.",
            "avs latent density runs/vae/first --against digits --samples 50", [against, root, samples], (run, parse) =>
            {
                using var others = OpenOthers(terminal, parse.GetValue(against)!, parse.GetValue(root), run.Subject.Images);
                return DensityFigure.Draw(run.Subject, others, parse.GetValue(samples));
            });
    }

    private static ImageTensors OpenOthers(Terminal terminal, string set, string? root, ImageTensors like)
    {
        var options = new ImageSetOptions { Root = root, Side = set == "folder" ? like.Height : null, Log = terminal.Error.WriteLine };
        var images = Reworded(() => ImageSets.Open(set, Split.Test, options));
        if (images.Channels != like.Channels)
            throw new UsageException(
                $"--against: the images of {images.Name} have {images.Channels} channels, those of {like.Name} {like.Channels}");
        return ImageTensors.LoadLike(like, images) ?? throw new UsageException(
            $"--against: the images of {images.Name} are {images.Width}x{images.Height} and cannot be brought to "
            + $"{like.Width}x{like.Height} by a border of zeros");
    }

    // The sets speak of the option of `avs data images`.
    private static T Reworded<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (UsageException e)
        {
            throw new UsageException($"--against: {e.Message.Replace("--root", "--against-data", StringComparison.Ordinal)}", e);
        }
    }
}
