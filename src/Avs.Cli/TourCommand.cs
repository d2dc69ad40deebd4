using System.CommandLine;
using Avs.Core;

namespace Avs.Cli;

/// <summary>`avs tour`</summary>
internal static class TourCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Option<string>("--out")
        {
            Description = "The folder to make; an existing one must be empty.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "tour",
        };
        var steps = CommonOptions.Count(
            "--steps", "Training steps of the two convolutional networks; the dense one takes twice as many.", 1000);
        var seed = new Option<long>("--seed") { Description = "The seed of the training and of all draws.", DefaultValueFactory = _ => 1 };
        var device = CommonOptions.Device();
        var verb = new Verb("tour",
            "A guided walk of about ten minutes: latent variables, an autoencoder and two VAEs, trained here and looked at.",
            "avs tour", "avs tour --steps 4000 --out lecture") { folder, steps, seed, device };
        verb.SetAction(parse =>
        {
            var path = parse.GetValue(folder)!;
            OutputFolder.RequireEmpty(path);
            var tour = new GuidedTour(
                terminal, path, parse.GetValue(steps), parse.GetValue(seed), CommonOptions.ParseDevice(parse.GetValue(device)!));
            return tour.Run();
        });
        return verb;
    }
}
