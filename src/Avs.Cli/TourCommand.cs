using System.CommandLine;
using Avs.Core;
using Avs.Eval.Reports;
using Avs.Train.Tour;
using Avs.Train.Training;

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
            var view = new View(terminal, path);
            var options = new TourOptions(path, parse.GetValue(steps))
            {
                Seed = parse.GetValue(seed),
                Device = CommonOptions.ParseDevice(parse.GetValue(device)!),
            };
            if (GuidedTour.Run(options, view) is not { } end)
                return view.ExitCode;
            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"done after {end.Took:m\\:ss}; everything on one page: {end.Page}");
            return 0;
        });
        return verb;
    }

    private sealed class View(Terminal terminal, string folder) : ITourListener
    {
        /// <summary>Of the last training.</summary>
        public int ExitCode { get; private set; }

        public bool Train(string title, Func<ITrainingListener, CancellationToken, bool> training)
        {
            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"== {title}");
            return (ExitCode = TrainingView.Run(terminal, training)) == 0;
        }

        public void Show(FigureSection section, IReadOnlyList<string> pictures)
        {
            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"== {section.Title}");
            terminal.Out.WriteLine(section.Text);
            foreach (var sentence in section.Reports.SelectMany(report => report.Sentences))
                terminal.Out.WriteLine($"   {sentence}");
            foreach (var picture in pictures.Where(file => file.EndsWith(".png", StringComparison.Ordinal)))
                terminal.Out.WriteLine($"   look at {picture}");
            if (section.Link is { } link)
                terminal.Out.WriteLine($"   open {Path.Combine(folder, link)}");
        }

        public void Log(string sentence) => terminal.Error.WriteLine(sentence);
    }
}
