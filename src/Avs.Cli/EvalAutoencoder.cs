using System.CommandLine;
using System.Globalization;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Eval.Autoencoding;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Networks;
using Avs.Train.Autoencoding;

namespace Avs.Cli;

/// <summary>`avs eval` of an autoencoder of images.</summary>
internal static class EvalAutoencoder
{
    private const int MostDimensionsShown = 32;
    private const string Folder = "folder";

    public static void Run(Terminal terminal, ParseResult parse, EvalOptions options, string path)
    {
        options.RefuseOthers(parse, "an autoencoder",
            options.Data, options.Split, options.Against, options.Attribute, options.BoundSamples, options.Most);
        options.HeldOut(parse);
        options.Report(terminal, parse, MeasuresJson.Default.AutoencoderResult, view => Evaluate(parse, options, path, view), Print);
    }

    private static AutoencoderResult Evaluate(ParseResult parse, EvalOptions options, string path, ProgressView view)
    {
        var device = CommonOptions.ParseDevice(parse.GetValue(options.Device)!);
        var (model, experiment, _) = AutoencodingDefinition.Networks.Load(path, device);
        var others = new List<ImageTensors>();
        try
        {
            experiment.Run.Train.ApplyThreads();
            var config = experiment.Task.Data;
            if (parse.GetValue(options.Data) is { } root)
                config = config with { Root = root };
            using var train = ExampleData.Open(config, Split.Train, view.Write);
            using var test = ExampleData.Open(config, options.HeldOut(parse), view.Write);
            RequireShape(test, experiment.Task.Model.Network.Image);
            foreach (var other in parse.GetValue(options.Against) ?? [])
                others.Add(Open(other, test, view.Write));
            var (stage, training) = MeasureTables.Progress(view, AutoencoderEvaluation.Stages.Count);
            var usual = new AutoencoderEvaluationOptions();
            var most = parse.GetValue(options.Most);
            return AutoencoderEvaluation.Run(model, train, test, usual with
            {
                HasPrior = experiment.Task.Model.Network is not (PlainAutoencoderConfig or RaeConfig),
                TrainImages = most ?? usual.TrainImages,
                TestImages = most ?? usual.TestImages,
                BoundSamples = parse.GetValue(options.BoundSamples) ?? usual.BoundSamples,
                Attribute = parse.GetValue(options.Attribute),
                Others = others,
                AsTrained = config.Binarize == Binarization.None
                    ? null
                    : (images, generator) => ExampleData.Binarize(images, config.Binarize, generator),
                Classifier = new ClassifierOptions { Cache = CacheFolder.Default(), Progress = training },
                Device = device,
                Stage = stage,
            });
        }
        finally
        {
            model.Dispose();
            foreach (var images in others)
                images.Dispose();
        }
    }

    private static void RequireShape(ImageTensors images, ImageShape expected)
    {
        var found = new ImageShape { Channels = images.Channels, Height = images.Height, Width = images.Width };
        if (found != expected)
            throw new UsageException($"the images of {images.Name} are {found}, expected {expected}, as the model was trained on");
    }

    // The test images of another set with as many rows of zeros around them as bring them to the size of the model's.
    private static ImageTensors Open(string text, ImageTensors like, Action<string> log)
    {
        var parts = text.Split('=', 2);
        var images = ImageSets.Open(parts[0], Split.Test, new ImageSetOptions
        {
            Root = parts.Length == 2 ? parts[1] : null,
            Side = parts[0] == Folder ? like.Height : null,
            Log = log,
        });
        return ImageTensors.LoadLike(like, images) ?? throw new UsageException(
            $"--against: the images of {parts[0]} are {images.Channels}x{images.Height}x{images.Width}, and no zeros around them make "
            + $"{like.Channels}x{like.Height}x{like.Width} of them, as the model's are");
    }

    private static void Print(Terminal terminal, AutoencoderResult result)
    {
        terminal.Out.WriteLine($"{result.Dataset}: {result.TestImages} images, measures fitted to {result.TrainImages} training images");
        MeasureTables.Write(terminal, null, ["measure", "value", "note"], Overall(result));
        if (result.Codes.LatentSize <= MostDimensionsShown)
        {
            MeasureTables.Write(terminal, "dimensions of the code, all images together", ["dimension", "mean", "variance", "KL, nats"],
                Enumerable.Range(0, result.Codes.LatentSize).Select(d => (IReadOnlyList<string>)
                [
                    $"{d}", MeasureTables.Number(result.Codes.Aggregated.Means[d]),
                    MeasureTables.Number(result.Codes.Aggregated.Variances[d]), MeasureTables.Number(result.Codes.KlByDimension?[d]),
                ]));
        }
        if (result.Classifier is { } classifier)
        {
            MeasureTables.Write(terminal,
                $"classifier Fréchet distance to the test images (classifier: {Accuracy(classifier.TestAccuracy)})",
                ["images", "distance"], classifier.Distances.Select(distance => (IReadOnlyList<string>)
                [
                    distance.Images, MeasureTables.Number(distance.Distance),
                ]));
            MeasureTables.Write(terminal, "latent arithmetic: the classifier's probability of the class at z + α·v",
                ["class", .. LatentArithmetic.Alphas.Select(alpha => alpha.ToString("0", CultureInfo.InvariantCulture)), "rises"],
                classifier.Arithmetic.Select(one => (IReadOnlyList<string>)
                [
                    one.Target, .. one.Scores.Select(score => MeasureTables.Share(score)), MeasureTables.Share(one.Rises),
                ]));
        }
        MeasureTables.Write(terminal, "other images: are they told from the test images?",
            ["images", "by their", "mean of the test images", "mean of these", "AUROC"],
            result.Novelty.Select(other => (IReadOnlyList<string>)
            [
                other.Others, other.Score, MeasureTables.Number(other.MeanHere), MeasureTables.Number(other.MeanThere),
                MeasureTables.Share(other.Auroc),
            ]));
        terminal.Out.WriteLine(MeasureTables.Seconds(result.Seconds));
    }

    private static IEnumerable<IReadOnlyList<string>> Overall(AutoencoderResult result)
    {
        if (result.Bound is { } bound)
        {
            yield return ["ELBO, nats an image", MeasureTables.Mean(bound.Elbo), $"{bound.Elbo.Images} images, one code each"];
            yield return ["  reconstruction", MeasureTables.Number(bound.Reconstruction), "-log p(x | z)"];
            yield return ["  KL", MeasureTables.Number(bound.Kl), "from N(0, I)"];
            yield return ["  bits per dimension", MeasureTables.Number(bound.BitsPerDimension), "of the ELBO"];
            yield return
            [
                $"IWAE-{bound.ImportanceSamples}, nats an image", MeasureTables.Mean(bound.ImportanceWeighted),
                $"{bound.ImportanceWeighted.Images} images, whose ELBO is {MeasureTables.Number(bound.ElboOfThese)}",
            ];
        }
        else
        {
            yield return ["ELBO, bits, IWAE", "-", result.WhyNoBound ?? ""];
        }
        yield return ["reconstruction error", MeasureTables.Number(result.ReconstructionError), "mean square a number"];
        var codes = result.Codes;
        if (codes.ActiveUnits is { } active)
            yield return ["active units", $"{active} of {codes.LatentSize}", "variance of the mean above 0.01"];
        if (codes.DeadDimensions is { } dead)
            yield return ["dead dimensions", $"{dead} of {codes.LatentSize}", $"KL below {CodeScore.DeadBelow} nats"];
        yield return
        [
            "codes beside N(0, I)", MeasureTables.Number(codes.Aggregated.DistanceFromPrior), "Fréchet distance of all codes together",
        ];
        if (codes.NeighbourAccuracy is { } accuracy)
            yield return [$"{codes.Neighbours}-NN accuracy of codes", MeasureTables.Share(accuracy), "fitted to training codes"];
        if (result.Classifier is { } classifier)
        {
            yield return
            [
                "reconstructions classified rightly", MeasureTables.Share(classifier.ReconstructionAccuracy),
                $"classifier: {Accuracy(classifier.TestAccuracy)}",
            ];
        }
        var where = result.Space.Region == CodeRegion.Box ? "the box of its codes" : "N(0, I)";
        yield return ["continuity", MeasureTables.Number(result.Space.Continuity), $"distance of x̃(z) and x̃(z + δ), z from {where}"];
        yield return ["  relative", MeasureTables.Number(result.Space.RelativeContinuity), "to that of two independent images"];
        yield return
        [
            "completeness", MeasureTables.Share(result.Space.Completeness),
            $"of {where}, nearer than {MeasureTables.Number(result.Space.Threshold)} to a code; test images: 0.95",
        ];
    }

    private static string Accuracy(double share) => $"test accuracy {MeasureTables.Share(share)}";
}
