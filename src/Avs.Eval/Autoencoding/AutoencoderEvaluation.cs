using System.Diagnostics;
using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Data.Images;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Sampling;
using static TorchSharp.torch;

namespace Avs.Eval.Autoencoding;

/// <summary>How an autoencoder is measured.</summary>
public sealed record AutoencoderEvaluationOptions
{
    public long Seed { get; init; } = 1;

    /// <summary>Whether the model is trained towards codes of N(0, I): VAE, IWAE and WAE, but neither a plain one nor RAE.</summary>
    public bool HasPrior { get; init; } = true;

    /// <summary>The most training images that measures are fitted to, drawn at random.</summary>
    public int TrainImages { get; init; } = 10_000;

    /// <summary>The most test images, drawn at random.</summary>
    public int TestImages { get; init; } = 10_000;

    /// <summary>The most test images for the importance-weighted bound.</summary>
    public int BoundImages { get; init; } = 1_000;

    /// <summary>k of that bound.</summary>
    public int BoundSamples { get; init; } = 50;

    /// <summary>k of the k-NN accuracy.</summary>
    public int Neighbours { get; init; } = 5;

    /// <summary>Judges images by this attribute instead of their classes.</summary>
    public string? Attribute { get; init; }

    /// <summary>
    /// Other images of the same shape that the model should find unlikely, beside noise and (where they are square) the test images turned
    /// by 90 degrees.
    /// </summary>
    public IReadOnlyList<ImageTensors> Others { get; init; } = [];

    /// <summary>
    /// Images as the model was trained on them, such as binarized: [N,C,H,W] and a source of draws. The classifier sees them as they are.
    /// </summary>
    public Func<Tensor, Generator, Tensor>? AsTrained { get; init; }

    public ClassifierOptions Classifier { get; init; } = new();

    public Device? Device { get; init; }

    /// <summary>Called before each of <see cref="AutoencoderEvaluation.Stages"/> with its index and name.</summary>
    public Action<int, string>? Stage { get; init; }
}

/// <summary>Measures an autoencoder of images.</summary>
public sealed class AutoencoderEvaluation : IDisposable
{
    private const int MixtureComponents = 10, MixtureSteps = 100, ArithmeticImages = 100, NoiseImages = 1000, CodesAtOnce = 10;

    private readonly AutoencoderNetwork network;
    private readonly ImageTensors train, test;
    private readonly AutoencoderEvaluationOptions options;
    private readonly LabelledImages? trainLabels, testLabels;
    private readonly long[] trainRows, testRows;
    private readonly Device device;
    private readonly Generator seen;

    private AutoencoderEvaluation(
        AutoencoderNetwork network, ImageTensors train, ImageTensors test, AutoencoderEvaluationOptions options)
    {
        (this.network, this.train, this.test, this.options) = (network, train, test, options);
        (trainLabels, testLabels) = (Labelled(train, options.Attribute), Labelled(test, options.Attribute));
        trainRows = RowOrder.Choose(train.Count, options.TrainImages, options.Seed, "evaluate/train");
        testRows = RowOrder.Choose(test.Count, options.TestImages, options.Seed, "evaluate/test");
        device = options.Device ?? CPU;
        seen = Random("seen");
    }

    /// <summary>What is done, in this order.</summary>
    public static IReadOnlyList<string> Stages { get; } =
        ["bound", "codes", "latent space", "classifier", "generated images", "other images"];

    /// <summary>Every measure.</summary>
    /// <param name="network">Stays the caller's; it is set to evaluation mode.</param>
    /// <param name="train">What measures are fitted to.</param>
    /// <param name="test">What is measured.</param>
    /// <exception cref="UsageException">The images have no such attribute, or other images have another shape.</exception>
    /// <exception cref="DataException">The network's codes are not finite.</exception>
    public static AutoencoderResult Run(
        AutoencoderNetwork network, ImageTensors train, ImageTensors test, AutoencoderEvaluationOptions options)
    {
        var watch = Stopwatch.StartNew();
        foreach (var others in options.Others)
            RequireShape(others, test);
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        network.eval();
        using var evaluation = new AutoencoderEvaluation(network, train, test, options);
        return evaluation.Measure() with { Seconds = watch.Elapsed.TotalSeconds };
    }

    /// <inheritdoc/>
    public void Dispose() => seen.Dispose();

    private AutoencoderResult Measure()
    {
        Begin(0);
        var whyNot = WhyNoBound();
        var here = Fares(testRows.Length, (first, count) => Images(test, testRows[first..(first + count)]), whyNot is null);
        var bound = whyNot is null ? Bound(here) : null;
        Begin(1);
        var (trainCodes, testCodes) = (Encode(train, trainRows), Encode(test, testRows));
        FiniteCodes.Require(trainCodes.Mean, testCodes.Mean);
        var codes = Codes(trainCodes, testCodes);
        Begin(2);
        using var generator = Random("space");
        var space = LatentSpaceScore.Compute(
            options.HasPrior ? CodeRegion.StandardNormal : CodeRegion.Box,
            trainCodes.Draw(generator), testCodes.Draw(generator), Decode, generator);
        var classifier = trainLabels is null ? null : Classify(trainLabels, testLabels!, trainCodes, testCodes);
        Begin(5);
        return new AutoencoderResult(
            test.Name, trainRows.Length, testRows.Length, here.SquaredError.Average(), bound, whyNot, codes, space, classifier,
            [.. OtherImages().Select(others => Novelty(here, others, whyNot is null))], 0);
    }

    private void Begin(int stage) => options.Stage?.Invoke(stage, Stages[stage]);

    private Generator Random(string name) => NamedGenerator.Create(options.Seed, $"evaluate/{name}");

    private Tensor Images(ImageTensors images, long[] rows) => images.Batch(rows).to(device);

    private Tensor AsTrained(Tensor images) => options.AsTrained is { } change ? change(images, seen) : images;

    private Tensor Decode(Tensor codes) => network.Decode(codes.to(device));

    private ImageCodes Encode(ImageTensors images, long[] rows) =>
        ImageCodes.Encode(network, rows, some => AsTrained(Images(images, some)));

    private string? WhyNoBound()
    {
        if (!network.Likelihood.IsDensity)
            return "its squared error is not the logarithm of a density, so there is no bound of log p(x) and there are no bits";
        using var scope = NewDisposeScope();
        return network.Encode(Images(test, testRows[..1])).Posterior is null
            ? "its code is not a distribution, so there is no bound of log p(x)"
            : null;
    }

    // Of each image: the two terms of the bound, if there is one, and the mean squared error of the reconstruction.
    private sealed record ImageScores(double[] Reconstruction, double[] Kl, double[] SquaredError)
    {
        public double[] Elbo { get; } = [.. Reconstruction.Zip(Kl, (r, kl) => -(r + kl))];
    }

    private ImageScores Fares(int count, Func<int, int, Tensor> batch, bool hasBound)
    {
        using var scope = NewDisposeScope();
        using var generator = Random("elbo");
        var all = ImageBatches.Join(count, (first, some) =>
        {
            var images = AsTrained(batch(first, some));
            var error = (network.Reconstruct(images) - images).square().flatten(1).mean([1]);
            if (!hasBound)
                return stack([zeros_like(error), zeros_like(error), error], 1);
            var parts = Measures.Elbo(network, images, generator);
            return stack([parts.Reconstruction, parts.Kl, error], 1); // [N,3]
        });
        double[] Column(int i) => ImageBatches.Numbers(all.select(1, i));
        return new ImageScores(Column(0), Column(1), Column(2));
    }

    private BoundScore Bound(ImageScores here)
    {
        using var scope = NewDisposeScope();
        using var generator = Random("importance");
        var some = RowOrder.Choose(testRows.Length, options.BoundImages, options.Seed, "evaluate/bound");
        var weighted = ImageBatches.JoinRows(
            [.. some.Select(i => testRows[i])],
            rows => Measures.ImportanceWeightedBound(
                network, AsTrained(Images(test, rows)), generator, options.BoundSamples, CodesAtOnce),
            size: 100);
        var elbo = MeanOfImages.From(here.Elbo);
        var levels = network.Likelihood.Config.Kind == LikelihoodKind.Bernoulli ? 1 : 256;
        return new BoundScore(
            elbo, here.Reconstruction.Average(), here.Kl.Average(), MeanOfImages.From(ImageBatches.Numbers(weighted)),
            some.Average(i => here.Elbo[i]), options.BoundSamples,
            Measures.BitsPerDimension(-elbo.Mean, test.Channels * test.Height * test.Width, levels));
    }

    private CodeScore Codes(ImageCodes trainCodes, ImageCodes testCodes)
    {
        using var scope = NewDisposeScope();
        var kl = testCodes.Posterior is { } posterior ? ImageBatches.Numbers(Measures.KlByDimension(posterior)) : null;
        double? neighbours = trainLabels is null ? null : NearestNeighbours.Accuracy(
            trainCodes.Mean, At(trainLabels, trainRows), testCodes.Mean, At(testLabels!, testRows), options.Neighbours);
        return new CodeScore(
            (int)testCodes.Mean.shape[1],
            kl is null ? null : Measures.ActiveUnits(testCodes.Mean),
            kl, kl?.Count(value => value < CodeScore.DeadBelow),
            AggregatedPosterior.Compute(testCodes.Mean, testCodes.LogVariance), neighbours, options.Neighbours);
    }

    private ClassifierScore Classify(LabelledImages labelled, LabelledImages tested, ImageCodes trainCodes, ImageCodes testCodes)
    {
        Begin(3);
        TrainedClassifier classifier;
        using (enable_grad())
            classifier = ClassifierTraining.Get(labelled, tested, options.Classifier with { Seed = options.Seed, Device = device });
        using (classifier)
        {
            Begin(4);
            using var scope = NewDisposeScope();
            var n = testRows.Length;
            var real = ImageBatches.JoinRows(testRows, rows => classifier.Features(Images(test, rows)));
            Tensor DecodedFeatures(Tensor codes) => ImageBatches.Join(
                (int)codes.shape[0], (first, count) => classifier.Features(Decode(codes.narrow(0, first, count))));
            ClassifierFrechetDistance Distance(string images, Tensor features) =>
                new(images, FrechetDistance.BetweenSamples(real, features));
            ClassifierFrechetDistance Drawn(string images, ILatentSampler sampler)
            {
                using var inner = NewDisposeScope();
                using var generator = Random($"samples/{images}");
                return Distance(images, DecodedFeatures(sampler.Sample(n, generator)));
            }

            var distances = new List<ClassifierFrechetDistance>
            {
                Distance("training images", ImageBatches.JoinRows(trainRows, rows => classifier.Features(Images(train, rows)))),
                Distance("reconstructions", DecodedFeatures(testCodes.Mean)),
                options.HasPrior
                    ? Drawn("samples of N(0, I)", new StandardNormalSampler((int)trainCodes.Mean.shape[1]))
                    : Drawn("samples of the codes' box", new UniformBoxSampler(trainCodes.Mean)),
            };
            var components = Math.Min(MixtureComponents, trainRows.Length);
            distances.Add(Drawn($"samples of a mixture of {components} Gaussians", GaussianMixtureSampler.Fit(
                trainCodes.Mean, new NamedRandom(options.Seed, "evaluate/mixture"), components, MixtureSteps)));
            return new ClassifierScore(
                tested.Name, classifier.TestAccuracy, ReconstructionAccuracy(classifier, tested, testCodes.Mean), distances,
                [.. Arithmetic(classifier, labelled, tested, trainCodes.Mean, testCodes.Mean)]);
        }
    }

    private double ReconstructionAccuracy(TrainedClassifier classifier, LabelledImages tested, Tensor codes)
    {
        var answers = ImageBatches.Join(testRows.Length, (first, count) =>
            tensor(classifier.Classify(Decode(codes.narrow(0, first, count)))));
        using (answers)
            return answers.data<int>().ToArray().Zip(At(tested, testRows)).Average(pair => pair.First == pair.Second ? 1.0 : 0.0);
    }

    private IEnumerable<LatentArithmetic> Arithmetic(
        TrainedClassifier classifier, LabelledImages labelled, LabelledImages tested, Tensor trainCodes, Tensor testCodes)
    {
        var (known, asked) = (At(labelled, trainRows), At(tested, testRows));
        // Of an attribute's two classes the one with it.
        foreach (var target in Enumerable.Range(0, labelled.Classes.Count).Skip(options.Attribute is null ? 0 : 1))
        {
            using var scope = NewDisposeScope();
            long[] others = [.. Enumerable.Range(0, asked.Length).Where(i => asked[i] != target).Select(i => (long)i)];
            var without = RowOrder.Choose(others.Length, ArithmeticImages, options.Seed, "evaluate/arithmetic").Select(i => others[i]);
            var score = LatentArithmetic.Compute(
                labelled.Classes[target], trainCodes, [.. known.Select(label => label == target)],
                testCodes.index_select(0, tensor(without.ToArray(), ScalarType.Int64)),
                codes => classifier.Probabilities(Decode(codes)).select(1, target));
            if (score is not null)
                yield return score;
        }
    }

    private sealed record OtherSet(string Name, int Count, Func<int, int, Tensor> Batch);

    private IEnumerable<OtherSet> OtherImages()
    {
        var shape = (long[])[test.Channels, test.Height, test.Width];
        using var generator = Random("noise");
        using var noise = rand([Math.Min(NoiseImages, testRows.Length), .. shape], ScalarType.Float32, generator: generator);
        yield return new("uniform noise", (int)noise.shape[0], (first, count) => noise.narrow(0, first, count).to(device));
        if (test.Height == test.Width)
        {
            yield return new($"{test.Name}, turned by 90 degrees", testRows.Length,
                (first, count) => Images(test, testRows[first..(first + count)]).rot90(1, (2, 3)));
        }
        foreach (var others in options.Others)
        {
            var rows = RowOrder.Choose(others.Count, options.TestImages, options.Seed, "evaluate/others");
            yield return new(others.Name, rows.Length, (first, count) => Images(others, rows[first..(first + count)]));
        }
    }

    private NoveltyScore Novelty(ImageScores here, OtherSet others, bool hasBound)
    {
        var there = Fares(others.Count, others.Batch, hasBound);
        double[] Better(ImageScores scores) => hasBound ? scores.Elbo : [.. scores.SquaredError.Select(error => -error)];
        double Mean(ImageScores scores) => hasBound ? scores.Elbo.Average() : scores.SquaredError.Average();
        return new NoveltyScore(
            others.Name, hasBound ? "ELBO" : "reconstruction error", Mean(here), Mean(there), RankOrder.Auroc(Better(here), Better(there)));
    }

    private static int[] At(LabelledImages images, long[] rows) => [.. rows.Select(row => images.Labels[(int)row])];

    private static LabelledImages? Labelled(ImageTensors images, string? attribute)
    {
        if (attribute is not null && !images.Attributes.Contains(attribute))
        {
            var known = images.Attributes.Count == 0 ? "its images have none" : $"expected one of {string.Join(", ", images.Attributes)}";
            throw new UsageException($"{images.Name} has no attribute '{attribute}'; {known}");
        }
        if (attribute is null)
        {
            var labelled = images.Classes.Count > 1 && Enumerable.Range(0, images.Count).All(i => images.Labels[i] >= 0);
            return labelled ? LabelledImages.FromClasses(images) : null;
        }
        var chosen = LabelledImages.FromAttribute(images, attribute);
        var which = chosen.Labels[0] == 1 ? "every" : "no";
        return chosen.Labels.Distinct().Count() == 2 ? chosen : throw new UsageException(
            $"{which} image of {images.Name} has the attribute '{attribute}'; expected one that some have");
    }

    private static void RequireShape(ImageTensors others, ImageTensors test)
    {
        string Shape(ImageTensors images) => $"{images.Channels}x{images.Height}x{images.Width}";
        if (Shape(others) != Shape(test))
            throw new UsageException($"the images of {others.Name} are {Shape(others)}, expected {Shape(test)} as those of {test.Name}");
    }
}
