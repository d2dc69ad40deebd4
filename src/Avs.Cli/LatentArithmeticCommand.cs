using System.CommandLine;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Eval.AutoencoderFigures;
using Avs.Eval.Autoencoding;
using static Avs.Cli.LatentCommand;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>`avs latent arithmetic RUN`</summary>
internal static class LatentArithmeticCommand
{
    public static Command Create(Terminal terminal)
    {
        var attribute = new Option<string>("--attribute")
        {
            Description = "The attribute, or the class, whose vector is added.",
            HelpName = "NAME",
            Required = true,
        };
        var count = CommonOptions.Count("--count", "How many images without it.", 5);
        var score = new Option<bool>("--score")
        {
            Description = "Have a small classifier judge whether it appears (trained on the training images, once; a minute or two).",
        };
        return Picture(terminal, "arithmetic", "Add an attribute's vector to codes: z + α·v for α from −4 to 4.",
            "avs latent arithmetic runs/vae/first --attribute Bag --score", [attribute, count, score], (run, parse, options) =>
            {
                var name = parse.GetValue(attribute)!;
                if (!parse.GetValue(score))
                    return ArithmeticFigure.Draw(run.Subject, name, parse.GetValue(count));
                _ = AttributeVector.Has(run.Subject.Images, name); // a misspelled one is refused before the training
                using var train = run.OpenSplit(terminal, parse, options, Split.Train);
                using var classifier = CreateClassifier(train, run.Subject.Images, name, run.Subject, terminal);
                var label = classifier.Classes.ToList().FindIndex(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase));
                return ArithmeticFigure.Draw(run.Subject, name, parse.GetValue(count), images =>
                {
                    using var scope = NewDisposeScope();
                    return classifier.Probabilities(images).select(1, label).MoveToOuterDisposeScope();
                });
            });
    }

    private static TrainedClassifier CreateClassifier(
        ImageTensors train, ImageTensors test, string name, LatentSubject subject, Terminal terminal)
    {
        var isClass = train.Classes.Contains(name, StringComparer.OrdinalIgnoreCase);
        LabelledImages Labelled(ImageTensors images) => isClass
            ? LabelledImages.FromClasses(images)
            : LabelledImages.FromAttribute(images,
                images.Attributes.First(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase)));
        var classifier = ProgressView.Run(terminal, view => ClassifierTraining.Get(Labelled(train), Labelled(test), new ClassifierOptions
        {
            Seed = subject.Seed,
            Cache = CacheFolder.Default(),
            Device = subject.Device,
            Progress = view.Count("steps of the classifier"),
        }));
        terminal.Error.WriteLine(FormattableString.Invariant(
            $"the classifier is right on {100 * classifier.TestAccuracy:0.0} % of {test.Name}"));
        return classifier;
    }
}
