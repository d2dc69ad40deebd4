namespace Avs.Eval.Autoencoding;

/// <summary>A mean over images with the standard error of that mean.</summary>
/// <param name="Images">How many images.</param>
public sealed record MeanOfImages(double Mean, double StandardError, int Images)
{
    public static MeanOfImages From(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        var variance = values.Count < 2 ? 0 : values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
        return new MeanOfImages(mean, Math.Sqrt(variance / values.Count), values.Count);
    }
}

/// <summary>Lower bounds of log p(x) of test images, nats an image.</summary>
/// <param name="Elbo">E_q[log p(x | z)] − KL, with one code an image.</param>
/// <param name="Reconstruction">−E_q[log p(x | z)].</param>
/// <param name="Kl">KL(q(z | x) ‖ N(0, I)).</param>
/// <param name="ImportanceWeighted">The bound of several codes an image, over some of the images.</param>
/// <param name="ElboOfThese">The ELBO of those images, for comparison.</param>
/// <param name="ImportanceSamples">How many codes.</param>
/// <param name="BitsPerDimension">
/// −ELBO as bits a number of the image; of a Gaussian likelihood with the 8 bits that 256 levels in [0, 1] add.
/// </param>
public sealed record BoundScore(
    MeanOfImages Elbo, double Reconstruction, double Kl, MeanOfImages ImportanceWeighted, double ElboOfThese, int ImportanceSamples,
    double BitsPerDimension);

/// <summary>What the codes of the test images are like.</summary>
/// <param name="LatentSize">K.</param>
/// <param name="ActiveUnits">Dimensions whose mean varies by more than 0.01 over the images; null of a plain code.</param>
/// <param name="KlByDimension">Nats, averaged over the images; null of a plain code.</param>
/// <param name="DeadDimensions">Of these, how many are below 0.01 nats; null of a plain code.</param>
/// <param name="NeighbourAccuracy">k-NN accuracy of the classes, fitted on training codes; null where images have no classes.</param>
/// <param name="Neighbours">k.</param>
public sealed record CodeScore(
    int LatentSize, int? ActiveUnits, IReadOnlyList<double>? KlByDimension, int? DeadDimensions, AggregatedPosterior Aggregated,
    double? NeighbourAccuracy, int Neighbours)
{
    /// <summary>A dimension whose KL is below this says nothing of an image.</summary>
    public const double DeadBelow = 0.01;
}

/// <summary>How far images are from the test images, by the features of a classifier trained here. No FID.</summary>
/// <param name="Images">Which images: `reconstructions`, `samples of N(0, I)`.</param>
public sealed record ClassifierFrechetDistance(string Images, double Distance);

/// <summary>What a classifier trained on the same data says of the images that the model makes.</summary>
/// <param name="Of">What it classifies: the classes of a data set, or an attribute.</param>
/// <param name="TestAccuracy">Its own, on test images.</param>
/// <param name="ReconstructionAccuracy">The share of reconstructed test images whose class it finds.</param>
/// <param name="Distances">Of training images first, as the least that can be expected.</param>
public sealed record ClassifierScore(
    string Of, double TestAccuracy, double ReconstructionAccuracy, IReadOnlyList<ClassifierFrechetDistance> Distances,
    IReadOnlyList<LatentArithmetic> Arithmetic);

/// <summary>How well the model tells its own test images from others.</summary>
/// <param name="Others">Which images.</param>
/// <param name="Score">By what: `ELBO`, or `reconstruction error`.</param>
/// <param name="MeanHere">The mean over the test images.</param>
/// <param name="MeanThere">The mean over the others.</param>
/// <param name="Auroc">The probability that a test image fares better than another. 0.5: it cannot tell; below: others fare better.</param>
public sealed record NoveltyScore(string Others, string Score, double MeanHere, double MeanThere, double Auroc);

/// <summary>What is measured of an autoencoder of images.</summary>
/// <param name="Dataset">The test images.</param>
/// <param name="TrainImages">How many training images measures were fitted to.</param>
/// <param name="TestImages">How many test images were looked at.</param>
/// <param name="ReconstructionError">Mean of (x − x̃)² over all numbers, x̃ of the codes' means.</param>
/// <param name="Bound">null of a model that has none.</param>
/// <param name="WhyNoBound">The sentence that says why; null where there is one.</param>
/// <param name="Classifier">null where images have neither classes nor attributes.</param>
public sealed record AutoencoderResult(
    string Dataset, int TrainImages, int TestImages, double ReconstructionError, BoundScore? Bound, string? WhyNoBound, CodeScore Codes,
    LatentSpaceScore Space, ClassifierScore? Classifier, IReadOnlyList<NoveltyScore> Novelty, double Seconds)
{
    /// <summary>The task, so that what reads the JSON of several runs can tell them apart.</summary>
    public string Task => "autoencoding";
}
