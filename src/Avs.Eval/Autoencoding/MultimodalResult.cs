namespace Avs.Eval.Autoencoding;

/// <summary>Lower bounds of log p(X) of test examples with all modalities, nats an example.</summary>
/// <param name="Elbo">With one code an example.</param>
/// <param name="ImportanceWeighted">With several.</param>
/// <param name="ImportanceSamples">How many.</param>
/// <param name="BitsPerDimension">−ELBO as bits a number; of Gaussian likelihoods with the 8 bits that 256 levels in [0, 1] add.</param>
public sealed record MultimodalBoundScore(
    MeanOfImages Elbo, MeanOfImages ImportanceWeighted, int ImportanceSamples, double BitsPerDimension);

/// <summary>One modality.</summary>
/// <param name="ReconstructionError">Mean of (x − x̃)² over all numbers, x̃ from codes drawn given all modalities.</param>
/// <param name="ClassifierAccuracy">The modality's own classifier's, on real test images; null where nothing is shared.</param>
/// <param name="FrechetDistance">
/// Classifier Fréchet distance of samples of the prior and test images; null where there is no classifier.
/// </param>
/// <param name="LeastFrechetDistance">That of training images and test images.</param>
/// <param name="LeaveOneOut">The coherence of this modality made from all others; null where there is no classifier.</param>
public sealed record ModalityScore(
    string Name, double ReconstructionError, double? ClassifierAccuracy, double? FrechetDistance, double? LeastFrechetDistance,
    double? LeaveOneOut);

/// <summary>What a linear probe finds of a factor in a code.</summary>
/// <param name="Code">`shared`, `private`, or a code's symbol.</param>
/// <param name="Factor">`digit`, `quadrant`, and so on.</param>
/// <param name="ShouldBe">`high` or `low`: what a code that holds what it is meant to hold would give.</param>
/// <param name="Accuracy">
/// On test codes; where there is one such probe for each modality, their mean. null where there is nothing to probe: fewer than two classes
/// in training, or none of them in the test.
/// </param>
/// <param name="Chance">
/// What answering the most frequent class of training gives, the mean likewise; null where there is nothing to probe, or no test code of
/// that class, so that it would be 0.
/// </param>
/// <param name="Each">The accuracies for the single modalities.</param>
public sealed record ProbeResult(
    string Code, string Factor, string ShouldBe, double? Accuracy, double? Chance, IReadOnlyList<double> Each)
{
    internal const string High = "high", Low = "low";

    internal static ProbeResult From(string code, string factor, string shouldBe, IReadOnlyCollection<ProbeScore> each)
    {
        double? accuracy = each.Count == 0 ? null : each.Average(score => score.Accuracy);
        double? chance = each.Count == 0 || each.Any(score => score.Chance == 0) ? null : each.Average(score => score.Chance);
        return new ProbeResult(code, factor, shouldBe, accuracy, chance, [.. each.Select(score => score.Accuracy)]);
    }
}

/// <summary>What is measured of a multimodal VAE.</summary>
/// <param name="Dataset">The test examples.</param>
/// <param name="TrainExamples">How many training examples the probes learned from.</param>
/// <param name="TestExamples">How many test examples were looked at.</param>
/// <param name="Bound">null where a likelihood is no density.</param>
/// <param name="WhyNoBound">The sentence that says why; null where there is a bound.</param>
/// <param name="CoherentFactor">The shared factor that the classifiers look for; null where there is none.</param>
/// <param name="Coherence">null where there is none.</param>
/// <param name="WhyNoCoherence">The few words that say why; null where there is coherence.</param>
/// <param name="Probes">The linear probes of the codes.</param>
public sealed record MultimodalResult(
    string Dataset, int TrainExamples, int TestExamples, MultimodalBoundScore? Bound, string? WhyNoBound, string? CoherentFactor,
    Coherence? Coherence, string? WhyNoCoherence, IReadOnlyList<ModalityScore> Modalities, IReadOnlyList<ProbeResult> Probes,
    double Seconds)
{
    /// <summary>The task, so that what reads the JSON of several runs can tell them apart.</summary>
    public string Task => "multimodal";
}
