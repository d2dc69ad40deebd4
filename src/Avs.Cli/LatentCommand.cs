using System.CommandLine;
using Avs.Cli.Json;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Eval.Autoencoding;
using Avs.Eval.Latent;
using Avs.Eval.Reports;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>`avs latent VERB RUN`</summary>
internal static class LatentCommand
{
    private const string Page = "page.html";

    public static Command Create(Terminal terminal) => new Verb("latent", "Look into the latent space of a trained autoencoder or VAE.")
    {
        Reconstruct(terminal), Sample(terminal), Scatter(terminal), Histograms(terminal), Interpolate(terminal), Traverse(terminal),
        Arithmetic(terminal), Neighbours(terminal), Manifold(terminal), Ellipses(terminal),
        Restoration(terminal, "inpaint", "Fill in a hole in the middle of images.", Damage.Hole),
        Restoration(terminal, "outfill", "Fill in all but the middle of images.", Damage.Surroundings),
        Restoration(terminal, "denoise", "Take noise out of images.", Damage.Noise),
        Restoration(terminal, "colourise", "Find colours for grey images; of a model of colour images.", Damage.Colour),
        Density(terminal), Embed(terminal), PageVerb(terminal),
    };

    private static Command Reconstruct(Terminal terminal)
    {
        var count = CommonOptions.Count("--count", "How many images, the first of the split.", 10);
        var mean = Mean("Decode the mean of an image's code rather than a draw.");
        return Picture(terminal, "reconstruct", "Images above, their reconstructions below.",
            "avs latent reconstruct runs/vae/first --count 30",
            [count, mean], (run, parse) => ReconstructionFigure.Draw(run.Subject, parse.GetValue(count), parse.GetValue(mean)));
    }

    private static Command Sample(Terminal terminal)
    {
        var count = new Option<int?>("--count") { Description = "How many. Default: 18, of more than 2 dimensions 30.", HelpName = "N" };
        count.Validators.Add(result =>
        {
            if (result.GetValue(count) < 1)
                result.AddError("--count: expected a whole number of at least 1");
        });
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

    private static Command Scatter(Terminal terminal)
    {
        var mean = Mean("Show the means of codes rather than a draw of each.");
        return Picture(terminal, "scatter", "Codes in the plane, by label, and through the normal distribution function; centroids.",
            "avs latent scatter runs/vae/first", [mean], (run, parse) => ScatterFigure.Draw(run.Subject, parse.GetValue(mean)));
    }

    private static Command Histograms(Terminal terminal) =>
        Picture(terminal, "histograms", "How codes are distributed in each of the first 50 dimensions, beside N(0, 1); dead dimensions.",
            "avs latent histograms runs/vae/first", [], (run, _) => HistogramFigure.Draw(run.Subject));

    private static Command Interpolate(Terminal terminal)
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

    private static Command Traverse(Terminal terminal)
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

    private static Command Arithmetic(Terminal terminal)
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

    private static Command Neighbours(Terminal terminal)
    {
        var image = ImageNumber("--image", "The image, by its number from 0. Default: one of each class.");
        var count = CommonOptions.Count("--count", "How many neighbours.", 10);
        return Picture(terminal, "neighbours", "Images beside those whose codes are nearest.",
            "avs latent neighbours runs/vae/first --image 3",
            [image, count], (run, parse) => NeighbourFigure.Draw(
                run.Subject, parse.GetValue(image) is { } one ? [one] : run.Subject.OnePerClass(10), parse.GetValue(count)));
    }

    private static Command Manifold(Terminal terminal)
    {
        var side = CommonOptions.Count("--side", "Images a side.", 15, least: 2);
        return Picture(terminal, "manifold", "A grid over the latent plane, decoded.", "avs latent manifold runs/vae/first", [side],
            (run, parse) => ManifoldFigure.Draw(run.Subject, run.HasPrior, parse.GetValue(side)));
    }

    private static Command Ellipses(Terminal terminal)
    {
        var count = CommonOptions.Count("--count", "How many images, one of each class.", 10);
        return Picture(terminal, "ellipses", "Where the codes of some images may lie: one and two deviations of q(z | x).",
            "avs latent ellipses runs/vae/first", [count], (run, parse) => EllipseFigure.Draw(run.Subject, parse.GetValue(count)));
    }

    private static Command Restoration(Terminal terminal, string name, string purpose, Damage damage)
    {
        if (damage == Damage.Noise)
            return Picture(terminal, name, purpose, $"avs latent {name} runs/vae/first", [],
                (run, _) => RestorationFigure.Draw(run.Subject, damage));
        var rounds = CommonOptions.Count("--rounds", "How often the result is encoded again, the known part put back each time.", 20);
        return Picture(terminal, name, purpose, $"avs latent {name} runs/vae/first", [rounds],
            (run, parse) => RestorationFigure.Draw(run.Subject, damage, parse.GetValue(rounds)));
    }

    private static Command Density(Terminal terminal)
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
        var border = like.Height - images.Height;
        return border >= 0 && border % 2 == 0 && border == like.Width - images.Width
            ? ImageTensors.Load(images, border / 2)
            : throw new UsageException(
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

    private static Verb Embed(Terminal terminal)
    {
        var options = new LatentOptions();
        var image = ImageNumber("--image", "The image, by its number from 0 in the split.");
        var file = new Option<string?>("--file") { Description = "A picture of your own instead (PNG or JPEG).", HelpName = "FILE" };
        var json = CommonOptions.Json("the code");
        var verb = new Verb("embed", "Print the code of an image.",
            "avs latent embed runs/vae/first --image 3", "avs latent embed runs/vae/first --file shirt.png --json")
        {
            options.Run, image, file, options.Data, options.Split, options.Device, json,
        };
        verb.Validators.Add(result =>
        {
            if ((result.GetValue(image) is null) == (result.GetValue(file) is null))
                result.AddError("give either --image or --file");
        });
        verb.SetAction(parse =>
        {
            using var run = LatentRun.Open(terminal, parse, options, parse.GetValue(options.Run)!);
            using var untracked = no_grad();
            using var scope = NewDisposeScope();
            var subject = run.Subject;
            var pad = run.Experiment.Task.Data.Pad;
            var pixels = parse.GetValue(file) is { } path
                ? subject.Preprocess(ImageFile.Read(path, subject.Images.Channels, subject.Images.Height - 2 * pad, pad)).to(subject.Device)
                : subject.Batch([parse.GetValue(image)!.Value]);
            var (mean, posterior) = subject.Network.Encode(pixels);
            float[] Numbers(Tensor values) => values.cpu().data<float>().ToArray();
            var deviation = posterior is null ? null : Numbers((posterior.LogVariance * 0.5).exp());
            var embedding = new EmbeddingJson(
                parse.GetValue(file) ?? $"{subject.Images.Name} {parse.GetValue(image)}",
                parse.GetValue(image) is { } row && subject.ClassName(row) is { Length: > 0 } name ? name : null,
                Numbers(mean), deviation);
            if (parse.GetValue(json))
                JsonOutput.Write(terminal, embedding, JsonOutput.Default.EmbeddingJson);
            else
                Print(terminal, embedding);
        });
        return verb;
    }

    private static void Print(Terminal terminal, EmbeddingJson embedding)
    {
        terminal.Out.WriteLine(embedding.Class is null ? embedding.Image : $"{embedding.Image}: {embedding.Class}");
        string Number(float value) => value.ToString("F4", System.Globalization.CultureInfo.InvariantCulture);
        var rows = embedding.Code.Select((value, d) => (IReadOnlyList<string>)(embedding.Deviation is { } deviation
            ? [$"{d}", Number(value), Number(deviation[d])] : [$"{d}", Number(value)]));
        terminal.Screen.Write(TableView.Create(new Table(
            embedding.Deviation is null ? ["dimension", "code"] : ["dimension", "mean", "deviation"], [.. rows])));
    }

    private static Verb PageVerb(Terminal terminal)
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
            var file = Path.Combine(folder, Page);
            LatentPage.Write(file, other is null ? [first.Subject] : [first.Subject, other.Subject], parse.GetValue(side));
            terminal.Out.WriteLine($"wrote {file}");
        });
        return verb;
    }

    private static Verb Picture(Terminal terminal, string name, string purpose, string example, Option[] own,
        Func<LatentRun, ParseResult, FigureReport> draw) =>
        Picture(terminal, name, purpose, example, own, (run, parse, _) => draw(run, parse));

    private static Verb Picture(Terminal terminal, string name, string purpose, string example, Option[] own,
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

    private static Option<bool> Mean(string what) => new("--mean") { Description = what };

    private static Option<int?> ImageNumber(string name, string what) => new(name) { Description = what, HelpName = "N" };
}
