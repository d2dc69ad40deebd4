using System.Diagnostics;
using Avs.Data.Clips;
using Avs.Eval.AutoencoderFigures;
using Avs.Eval.LatentVariables;
using Avs.Eval.Reports;
using Avs.Models.Vae;
using Avs.Train.Autoencoding;
using Avs.Train.Experiments;
using Avs.Train.Training;
using static TorchSharp.torch;

namespace Avs.Train.Tour;

/// <summary>What a tour is of.</summary>
/// <param name="Folder">Where everything goes.</param>
/// <param name="Steps">Training steps of the convolutional networks; the dense one takes twice as many.</param>
public sealed record TourOptions(string Folder, int Steps)
{
    /// <summary>Of the training and of all draws.</summary>
    public long Seed { get; init; } = 1;

    public Device Device { get; init; } = CPU;

    /// <summary>Clothes of 28x28, bags among them.</summary>
    public ImageDataConfig Clothes { get; init; } = new();

    /// <summary>Images of 28x28 that no network was trained on.</summary>
    public ImageDataConfig Digits { get; init; } = new() { Set = "digits", Pad = 4 };
}

/// <summary>Follows a tour.</summary>
public interface ITourListener
{
    /// <summary>Runs a training, which takes a listener and a token that stops it and returns whether it came to its end.</summary>
    /// <param name="title">What is trained.</param>
    /// <returns>Whether the tour goes on.</returns>
    bool Train(string title, Func<ITrainingListener, CancellationToken, bool> training);

    /// <summary>A step with what to look at.</summary>
    /// <param name="pictures">The files of its pictures.</param>
    void Show(FigureSection section, IReadOnlyList<string> pictures);

    /// <summary>A few words when something is fetched.</summary>
    void Log(string sentence);
}

/// <param name="Page">The file that holds everything.</param>
public sealed record TourEnd(string Page, TimeSpan Took);

/// <summary>
/// The lecture as a program: small latent-variable models, then an autoencoder, a VAE of two dimensions and one of twenty, trained on
/// Fashion-MNIST for a few minutes; after each step what to look at, at the end a page of everything.
/// </summary>
public sealed class GuidedTour
{
    private const string Page = "tour.html", Interactive = "page.html";
    private const int Images = 3000;

    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly List<FigureSection> sections = [];
    private readonly TourOptions options;
    private readonly ITourListener listener;

    private GuidedTour(TourOptions options, ITourListener listener) => (this.options, this.listener) = (options, listener);

    /// <summary>Walks.</summary>
    /// <returns>null where a training was stopped.</returns>
    public static TourEnd? Run(TourOptions options, ITourListener listener) => new GuidedTour(options, listener).Walk();

    private TourEnd? Walk()
    {
        Directory.CreateDirectory(options.Folder);
        LatentVariables();
        using var plain = Train("ae_conv", pad: 2, options.Steps);
        if (plain is null)
            return null;
        Autoencoder(plain.Subject);
        using var vae = Train("vae_conv", pad: 2, options.Steps);
        if (vae is null)
            return null;
        Variational(vae.Subject);
        SideBySide(plain.Subject, vae.Subject);
        using var wide = Train("vae_mlp", pad: 0, 2 * options.Steps);
        if (wide is null)
            return null;
        Twenty(wide.Subject);
        var path = Path.Combine(options.Folder, Page);
        FigurePage.Write(
            path, "From latent variables to variational autoencoders",
            FormattableString.Invariant($"What 'avs tour' showed: three networks, trained for {options.Steps} and {2 * options.Steps} ")
                + FormattableString.Invariant($"steps with the seed {options.Seed}, in {watch.Elapsed:m\\:ss} minutes in all. ")
                + "Longer training makes better pictures of the same kind.",
            sections);
        return new TourEnd(path, watch.Elapsed);
    }

    private void LatentVariables()
    {
        FigureReport Draw(string name) => LatentVariableFigures.All.Single(figure => figure.Name == name).Draw(options.Seed);
        Show("1  A hidden variable explains a crowd",
            "A mixture of Gaussians is the smallest latent-variable model: z says which component, and is summed out. Look at the "
                + "histogram: "
                + "samples drawn first z, then x, fill exactly the density; and EM finds the three components again from the samples "
                    + "alone.",
            Draw("mixture"));
        Show("2  Infinitely many Gaussians along a curve",
            "Now z is a number, and a function bends its line into the plane. Look at the slices: every z is one small Gaussian, and Pr(x) "
                + "is their sum, an integral. With a network as the function and images as x it has no closed form any more.",
            Draw("nonlinear"));
        Show("3  A bound that can be computed",
            "The evidence lower bound takes the integral's place. Look where the curves touch: only where q is the true posterior. "
                + "Everywhere else the gap is the divergence of q from it. A VAE raises this bound.",
            Draw("elbo"));
    }

    // A network in evaluation mode with the test images.
    private sealed record Trained(LatentSubject Subject) : IDisposable
    {
        public void Dispose()
        {
            Subject.Network.Dispose();
            Subject.Images.Dispose();
        }
    }

    // null where the training was stopped.
    private Trained? Train(string preset, int pad, int steps)
    {
        var chosen = VaeRegistry.Autoencoders.Single(known => known.Name == preset);
        var data = options.Clothes with { Pad = pad };
        var experiment = new Experiment(
            new RunConfig
            {
                Name = preset,
                Seed = options.Seed,
                Task = "autoencoding",
                Train = new TrainConfig
                {
                    Steps = steps,
                    ValidateEvery = steps,
                    LogEvery = 50,
                    Optimizer = new OptimizerConfig { LearningRate = 1e-3 },
                },
            },
            new AutoencodingDefinition(),
            new AutoencodingConfig { Data = data, Evaluate = new AutoencodingEvaluateConfig { Images = 1000 } }.With(chosen));
        string? run = null;
        var goesOn = listener.Train(
            FormattableString.Invariant($"training {preset}: {chosen.Summary}; {steps} steps"), (training, stop) =>
            {
                var (made, end) = TrainingRun.Begin(
                    experiment, Path.Combine(options.Folder, "runs"), "tour", options.Device, training, stop);
                run = made.FullPath;
                return end.Finished;
            });
        if (!goesOn)
            return null;
        var (model, _, _) = AutoencodingDefinition.Networks.Load(run!, options.Device);
        var images = ExampleData.Open(data, Split.Test, listener.Log);
        return new Trained(new LatentSubject(model, images, preset) { Device = options.Device, Seed = options.Seed, Most = Images });
    }

    private void Autoencoder(LatentSubject subject)
    {
        Show("4  An autoencoder squeezes images through two numbers",
            "Look at the upper row and the lower: shapes survive, patterns do not. Two numbers are a narrow passage.",
            ReconstructionFigure.Draw(subject));
        Show("5  Its latent space has holes",
            "Look at where the codes lie: not around (0, 0), in arms and islands, some classes on much room and some on little. Through Φ "
                + "they crowd at the borders. Between the islands the decoder has never been asked anything.",
            ScatterFigure.Draw(subject));
        Show("6  Drawing from it fails in the gaps",
            "Codes are drawn evenly from the box around all codes. Find a bad image, then its number in the picture below: it lies where "
                + "no code of an image lies.",
            SampleFigure.Draw(subject, CodeSource.Box));
    }

    private void Variational(LatentSubject subject)
    {
        Show("7  A VAE fills the plane",
            "Each image is now a small Gaussian, and the KL term pulls them all towards N(0, I). Look again at the scatter: centred, of "
                + "about unit variance, no large gaps; through Φ the classes share the square.",
            ScatterFigure.Draw(subject), EllipseFigure.Draw(subject));
        Show("8  New images from the prior",
            "Codes are drawn from N(0, I), nothing else is needed. Look for the failures of step 6: there are few, though all is a little "
                + "blurred.",
            SampleFigure.Draw(subject, CodeSource.Prior));
        Show("9  The whole plane, decoded",
            "Equal steps of probability along both axes. Look for borders: a boot becomes a shoe becomes a sandal, without a jump.",
            ManifoldFigure.Draw(subject, useQuantiles: true));
    }

    private void SideBySide(LatentSubject plain, LatentSubject vae)
    {
        LatentPage.Write(Path.Combine(options.Folder, Interactive), [plain, vae]);
        Section("10  Feel the holes",
            "Drag the ring through both planes. In the autoencoder's there are places where the picture falls apart, and the page says how "
                + "far the nearest image is; in the VAE's it goes from one thing to the next.",
            [], Interactive, "Open the interactive page");
    }

    private void Twenty(LatentSubject subject)
    {
        Show("11  Twenty dimensions",
            "With more room reconstructions keep more. Look at the histograms: active dimensions are spread like N(0, 1) but tell images "
                + "apart; a dead one would be N(0, 1) for every image, and the table counts those.",
            ReconstructionFigure.Draw(subject), HistogramFigure.Draw(subject));
        Show("12  Walking from one image to another",
            "Look along each row: the steps in the middle are images as well, not two laid over one another.",
            PathFigures.Interpolate(subject, PathFigures.DrawPairs(subject, 4)));
        Show("13  Adding a property",
            "The vector from the mean code of everything else to that of bags, added to five other things. Look from α = 0 to the right: "
                + "they grow broad and square.",
            ArithmeticFigure.Draw(subject, "bag"));
        Show("14  Filling in a hole",
            "The middle is cut out. The network puts in what it takes for likely, encodes the result, and again. It was never trained for "
                + "this.",
            RestorationFigure.Draw(subject, Damage.Hole));
        using var digits = ExampleData.Open(options.Digits, Split.Test, listener.Log);
        Show("15  How probable is an image?",
            "The bound of log p(x) for clothes and for digits, which it has never seen. Look which are more probable: being simple counts "
                + "for more "
                + "than being known, a famous trap for those who look for outliers by a VAE's density (E. Nalisnick et al., ICLR 2019).",
            DensityFigure.Draw(subject, digits));
    }

    private void Show(string title, string text, params IReadOnlyList<FigureReport> reports) => Section(title, text, reports, null, "");

    private void Section(string title, string text, IReadOnlyList<FigureReport> reports, string? link, string linkText)
    {
        // Several networks have pictures of the same name.
        var own = Path.Combine(options.Folder, title.Split(' ')[0]);
        var section = new FigureSection(title, text, reports, link, linkText);
        listener.Show(section, [.. reports.SelectMany(report => report.Figures).SelectMany(figure => figure.Write(own))]);
        sections.Add(section);
    }
}
