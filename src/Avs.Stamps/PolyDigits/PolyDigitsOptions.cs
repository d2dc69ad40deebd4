namespace Avs.Stamps.PolyDigits;

/// <summary>How many examples each split of PolyDigits gets.</summary>
/// <param name="Name">The size's name on the command line.</param>
public sealed record PolyDigitsSize(string Name, int Train, int Val, int Test)
{
    // An example is five images of 3 x 32 x 32 bytes and 11 labels of 8.
    private const double MegabytesOfExample = (5 * 3 * 32 * 32 + 11 * 8) / 1e6;

    public int Total => Train + Val + Test;

    public double Megabytes => Total * MegabytesOfExample;

    /// <summary>The sizes, smallest first; the names are those of <see cref="StampsSize"/>. Full is as large as PolyMNIST.</summary>
    public static IReadOnlyList<PolyDigitsSize> All { get; } =
    [
        new("tiny", 240, 60, 60),
        new("demo", 20_000, 2_000, 2_000),
        new("full", 60_000, 10_000, 10_000),
    ];
}
