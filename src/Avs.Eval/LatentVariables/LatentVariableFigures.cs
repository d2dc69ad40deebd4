using Avs.Eval.Reports;

namespace Avs.Eval.LatentVariables;

/// <summary>A picture of a small latent-variable model.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="About">What it shows, in a few words.</param>
/// <param name="Draw">Draws it; samples come from the seed.</param>
public sealed record LatentVariableFigure(string Name, string About, Func<long, FigureReport> Draw);

/// <summary>The pictures there are.</summary>
public static class LatentVariableFigures
{
    public static IReadOnlyList<LatentVariableFigure> All { get; } =
    [
        new("mixture", "mixture of Gaussians: density and components, ancestral samples, marginalisation, EM", MixtureFigure.Draw),
        new("nonlinear", "one latent number bent into the plane: heat map of Pr(x), slices, ancestral samples", NonlinearFigure.Draw),
        new("ancestral", "a linear-Gaussian chain sampled along its factorisation, beside its closed form", AncestralFigure.Draw),
        new("elbo", "log Pr(x) and the bounds below it, which touch where q is the posterior", ElboFigure.Draw),
        new("kl", "Kullback-Leibler divergences of discrete distributions, one of them infinite", DiscreteKlFigure.Draw),
        new("normal", "normal distributions: means and deviations, the sign of a covariance, the product form", NormalFigure.Draw),
    ];
}
