using System.Diagnostics;
using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Data.Images;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Multimodal;
using static TorchSharp.torch;

namespace Avs.Eval.Autoencoding;

/// <summary>How a multimodal VAE is measured.</summary>
public sealed record MultimodalEvaluationOptions
{
    public long Seed { get; init; } = 1;

    /// <summary>The most training examples that the probes learn from, drawn at random.</summary>
    public int TrainExamples { get; init; } = 10_000;

    /// <summary>The most test examples, drawn at random.</summary>
    public int TestExamples { get; init; } = 5_000;

    /// <summary>
    /// The most test examples for the bounds and for conditional coherence; as many are drawn of the prior for joint coherence.
    /// </summary>
    public int GeneratedExamples { get; init; } = 1_000;

    /// <summary>k of the importance-weighted bound.</summary>
    public int BoundSamples { get; init; } = 10;

    public ClassifierOptions Classifier { get; init; } = new();

    public Device? Device { get; init; }

    /// <summary>Called before each of <see cref="MultimodalEvaluation.Stages"/> with its index and name.</summary>
    public Action<int, string>? Stage { get; init; }
}

/// <summary>Measures a multimodal VAE.</summary>
public sealed class MultimodalEvaluation
{
    private const int ExamplesAtOnce = 100, CodesAtOnce = 5;

    private readonly MultimodalNetwork network;
    private readonly MultimodalTensors train, test;
    private readonly MultimodalEvaluationOptions options;
    private readonly long[] trainRows, testRows, fewRows;
    private readonly Device device;

    private MultimodalEvaluation(
        MultimodalNetwork network, MultimodalTensors train, MultimodalTensors test, MultimodalEvaluationOptions options)
    {
        (this.network, this.train, this.test, this.options) = (network, train, test, options);
        trainRows = RowOrder.Choose(train.Count, options.TrainExamples, options.Seed, "evaluate/train");
        testRows = RowOrder.Choose(test.Count, options.TestExamples, options.Seed, "evaluate/test");
        fewRows = RowOrder.Choose(test.Count, Math.Min(options.GeneratedExamples, testRows.Length), options.Seed, "evaluate/few");
        device = options.Device ?? CPU;
    }

    /// <summary>What is done, in this order.</summary>
    public static IReadOnlyList<string> Stages { get; } = ["bound and reconstruction", "classifiers", "coherence", "probes"];

    /// <summary>Every measure.</summary>
    /// <param name="network">Stays the caller's; it is set to evaluation mode.</param>
    /// <param name="train">What classifiers and probes learn from.</param>
    /// <param name="test">What is measured.</param>
    /// <exception cref="UsageException">The examples have other modalities than the network.</exception>
    /// <exception cref="DataException">The network's codes are not finite.</exception>
    public static MultimodalResult Run(
        MultimodalNetwork network, MultimodalTensors train, MultimodalTensors test, MultimodalEvaluationOptions options)
    {
        var watch = Stopwatch.StartNew();
        foreach (var examples in (MultimodalTensors[])[train, test])
            RequireModalities(network, examples);
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        network.eval();
        var result = new MultimodalEvaluation(network, train, test, options).Measure();
        return result with { Seconds = watch.Elapsed.TotalSeconds };
    }

    private MultimodalResult Measure()
    {
        Begin(0);
        var whyNot = network.Modalities.Where((_, m) => !IsDensity(m)).Select(modality =>
            $"the squared error of modality '{modality.Name}' is not the logarithm of a density, so there is no bound of log p(X)")
            .FirstOrDefault();
        var bound = whyNot is null ? Bound() : null;
        var errors = ReconstructionErrors();
        var factor = Enumerable.Range(0, test.Factors.Count)
            .FirstOrDefault(f => test.Factors[f].Modality is null && test.Factors[f].Classes.Count > 1, -1);
        var modalities = errors
            .Select((error, m) => new ModalityScore(network.Modalities[m].Name, error, null, null, null, null)).ToArray();
        Coherence? coherence = null;
        var whyNoCoherence = Coherence.WhyNone(modalities.Length, hasShared: factor >= 0);
        if (whyNoCoherence is null)
            (coherence, modalities) = Generated(factor, modalities);
        Begin(3);
        var (trainCodes, testCodes) = (Codes(train, trainRows), Codes(test, testRows));
        FiniteCodes.Require(trainCodes.Shared, testCodes.Shared);
        var probes = CodeProbes.Run(trainCodes, Rows(train.Factors, trainRows), testCodes, Rows(test.Factors, testRows));
        return new MultimodalResult(
            test.Name, trainRows.Length, testRows.Length, bound, whyNot, coherence is null ? null : test.Factors[factor].Name, coherence,
            whyNoCoherence, modalities, probes, 0);
    }

    private void Begin(int stage) => options.Stage?.Invoke(stage, Stages[stage]);

    private Generator Random(string name) => NamedGenerator.Create(options.Seed, $"evaluate/{name}");

    private MultimodalInput Input(MultimodalTensors examples, long[] rows) =>
        new([.. examples.Batch(rows).Select(x => x.to(device))]);

    private bool IsDensity(int modality) => network.LikelihoodOf(modality).IsDensity;

    private MultimodalBoundScore Bound()
    {
        using var scope = NewDisposeScope();
        MeanOfImages Of(string name, int samples)
        {
            using var generator = Random(name);
            var values = ImageBatches.JoinRows(fewRows, rows => MultimodalMeasures.ImportanceWeightedBound(
                network, Input(test, rows), generator, samples, CodesAtOnce), ExamplesAtOnce);
            return MeanOfImages.From(ImageBatches.Numbers(values));
        }

        var (elbo, weighted) = (Of("elbo", 1), Of("importance", options.BoundSamples));
        // Each modality's levels by its own likelihood; the nats are of all numbers together.
        var numbers = network.Modalities.Select(modality => modality.Shape.Numbers).ToArray();
        var levels = numbers.Select((count, m) => network.LikelihoodOf(m).Config.Kind == LikelihoodKind.Bernoulli ? 0.0 : 8.0 * count);
        return new MultimodalBoundScore(
            elbo, weighted, options.BoundSamples, Measures.BitsPerDimension(-elbo.Mean, numbers.Sum()) + levels.Sum() / numbers.Sum());
    }

    private double[] ReconstructionErrors()
    {
        using var scope = NewDisposeScope();
        using var generator = Random("reconstruction");
        var errors = ImageBatches.JoinRows(testRows, rows =>
        {
            var input = Input(test, rows);
            var made = network.Generate(input, generator);
            return stack(made.Zip(input.Modalities).Select(pair => (pair.First - pair.Second!).square().flatten(1).mean([1])), 1); // [N,M]
        }, ExamplesAtOnce);
        return ImageBatches.Numbers(errors.mean([0]));
    }

    private (Coherence, ModalityScore[]) Generated(int factor, ModalityScore[] modalities)
    {
        Begin(1);
        var classifiers = new List<TrainedClassifier>();
        try
        {
            using (enable_grad())
            {
                for (var m = 0; m < modalities.Length; m++)
                {
                    classifiers.Add(ClassifierTraining.Get(
                        LabelledImages.FromModality(train, m, train.Factors[factor]),
                        LabelledImages.FromModality(test, m, test.Factors[factor]),
                        options.Classifier with { Seed = options.Seed, Device = device }));
                }
            }

            Begin(2);
            var (joint, features) = Samples(classifiers);
            var coherence = Coherence.From(joint, Conditional(factor, classifiers), modalities.Length, fewRows.Length);
            return (coherence, [.. modalities.Select((score, m) => score with
            {
                ClassifierAccuracy = classifiers[m].TestAccuracy,
                FrechetDistance = Distance(classifiers[m], m, features[m]),
                LeastFrechetDistance = Distance(classifiers[m], m, Features(classifiers[m], m, train, trainRows)),
                LeaveOneOut = coherence.LeaveOneOut[m],
            })]);
        }
        finally
        {
            foreach (var classifier in classifiers)
                classifier.Dispose();
        }
    }

    // Samples of the prior: joint coherence, and each modality's features.
    private (double Joint, Tensor[] Features) Samples(List<TrainedClassifier> classifiers)
    {
        using var generator = Random("samples");
        var classes = classifiers.Select(_ => new List<int>()).ToArray();
        var features = classifiers.Select(_ => new List<Tensor>()).ToArray();
        for (var first = 0; first < fewRows.Length; first += ExamplesAtOnce)
        {
            using var scope = NewDisposeScope();
            var made = network.Sample(Math.Min(ExamplesAtOnce, fewRows.Length - first), generator);
            for (var m = 0; m < made.Count; m++)
            {
                classes[m].AddRange(classifiers[m].Classify(made[m]));
                features[m].Add(classifiers[m].Features(made[m]).MoveToOuterDisposeScope());
            }
        }
        return (Coherence.ComputeJoint([.. classes.Select(of => of.ToArray())]), [.. features.Select(parts => cat(parts))]);
    }

    private List<(int Given, int Target, int Right)> Conditional(int factor, List<TrainedClassifier> classifiers)
    {
        using var generator = Random("conditional");
        var counts = new List<(int, int, int)>();
        foreach (var rows in fewRows.Chunk(ExamplesAtOnce))
        {
            using var scope = NewDisposeScope();
            var examples = Input(test, rows).Modalities.Select(x => x!).ToArray();
            var labels = rows.Select(row => test.Factors[factor].Labels[(int)row]).ToArray();
            counts.AddRange(Coherence.CountConditional(
                examples, labels, given => network.Generate(given, generator), (m, images) => classifiers[m].Classify(images)));
        }
        return counts;
    }

    private double Distance(TrainedClassifier classifier, int modality, Tensor features)
    {
        using var scope = NewDisposeScope();
        return FrechetDistance.BetweenSamples(Features(classifier, modality, test, testRows), features);
    }

    private static Tensor Features(TrainedClassifier classifier, int modality, MultimodalTensors examples, long[] rows)
    {
        var one = new MultimodalTensors(examples.Name, [examples.Modalities[modality]], []);
        return ImageBatches.JoinRows(rows, some => classifier.Features(one.Batch(some)[0]));
    }

    private MultimodalCodes Codes(MultimodalTensors examples, long[] rows)
    {
        var (k, j, m) = (network.LatentSize, network.PrivateSize, network.Modalities.Count);
        using var scope = NewDisposeScope();
        var all = ImageBatches.JoinRows(rows, some =>
        {
            var unimodal = network.Encode(Input(examples, some));
            var shared = network.Join(unimodal).Mean(); // [N,K]
            return unimodal.Private is null
                ? shared
                : cat([shared, unimodal.Private.Mean.transpose(0, 1).flatten(1)], 1); // [N,K+MJ]
        }, ExamplesAtOnce);
        var specific = j == 0 ? null : all.narrow(1, k, m * j).view(-1, m, j).transpose(0, 1).contiguous(); // [M,N,J]
        return new MultimodalCodes(all.narrow(1, 0, k).contiguous().MoveToOuterDisposeScope(), specific?.MoveToOuterDisposeScope());
    }

    private static void RequireModalities(MultimodalNetwork network, MultimodalTensors examples)
    {
        var expected = string.Join(", ", network.Modalities.Select(modality => $"{modality.Name} {modality.Shape}"));
        var found = string.Join(", ",
            examples.Modalities.Select(modality => $"{modality.Name} {string.Join('x', modality.Values.shape[1..])}"));
        if (found != expected)
            throw new UsageException($"the modalities of {examples.Name} are {found}; expected {expected}, as the model was trained on");
    }

    private static Factor[] Rows(IReadOnlyList<Factor> factors, long[] rows) =>
        [.. factors.Select(factor => factor with { Labels = [.. rows.Select(row => factor.Labels[(int)row])] })];
}
