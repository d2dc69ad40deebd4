namespace Avs.Models.Losses;

/// <summary>KL annealing: the weight κ of a KL term that rises linearly from 0 to 1, so that reconstruction is learned first.</summary>
public static class KlAnnealing
{
    /// <summary>κ; 1 throughout where nothing is annealed.</summary>
    /// <param name="share">The share of the training over which it rises; 0: none.</param>
    /// <param name="progress">How far the training is, 0 to 1.</param>
    public static double Weight(double share, double progress) => share > 0 ? Math.Clamp(progress / share, 0, 1) : 1;
}
