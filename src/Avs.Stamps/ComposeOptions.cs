namespace Avs.Stamps;

/// <summary>How many scenes each split gets.</summary>
/// <param name="Val">Scenes to choose a checkpoint by.</param>
/// <param name="Test">Scenes to report on, with the recordings of training (in new places, speeds and gains).</param>
/// <param name="TestUnheard">Further test scenes whose recordings are in no training clip.</param>
public sealed record SceneCounts(int Train, int Val, int Test, int TestUnheard)
{
    public int Total => Train + Val + Test + TestUnheard;
}

/// <summary>A ready-made size.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="S4">Single-source scenes; each becomes two or three clips.</param>
/// <param name="MS3">Multi-sources scenes; each is one clip.</param>
/// <param name="Objects">The objects used; null for the whole catalogue.</param>
public sealed record StampsSize(string Name, SceneCounts S4, SceneCounts MS3, IReadOnlyList<string>? Objects)
{
    /// <summary>AVSS-like scenes; each is one clip, half of them twice as long.</summary>
    public required SceneCounts AVSS { get; init; }

    // Measured: a scene's frames are 5 pictures of about 100 kB, each clip's sound is 320 kB, its masks a few kB.
    private const double MegabytesOfS4Scene = 1.25, MegabytesOfMS3Scene = 0.85, MegabytesOfAvssScene = 0.8;

    /// <summary>About how much the composed folder takes on disk, in megabytes.</summary>
    public double Megabytes(bool s4 = true, bool ms3 = true, bool avss = false) =>
        (s4 ? S4.Total * MegabytesOfS4Scene : 0) + (ms3 ? MS3.Total * MegabytesOfMS3Scene : 0)
            + (avss ? AVSS.Total * MegabytesOfAvssScene : 0);

    /// <summary>A few clips, to try things out.</summary>
    public static readonly StampsSize Tiny = new("tiny", new(48, 8, 8, 4), new(32, 8, 8, 4), StampsCatalogue.DemoObjects)
    {
        AVSS = new(16, 4, 4, 4),
    };

    /// <summary>What `avs demo` trains on: 10 objects.</summary>
    public static readonly StampsSize Demo = new("demo", new(1500, 40, 72, 24), new(400, 48, 64, 24), StampsCatalogue.DemoObjects)
    {
        AVSS = new(400, 48, 64, 24),
    };

    /// <summary>Every object of the catalogue.</summary>
    public static readonly StampsSize Full = new("full", new(6000, 150, 300, 100), new(1600, 100, 200, 60), null)
    {
        AVSS = new(1600, 100, 200, 60),
    };

    /// <summary>The sizes, smallest first.</summary>
    public static IReadOnlyList<StampsSize> All => [Tiny, Demo, Full];
}

/// <param name="Seed">The same seed, counts and parts give the same bytes.</param>
/// <param name="S4">Single-source scenes; null for none.</param>
/// <param name="MS3">Multi-sources scenes; null for none.</param>
/// <param name="Threads">Scenes composed at the same time; the result does not depend on their number.</param>
/// <param name="LabelAllTrainFrames">Write the masks of all five frames of S4 training clips; AVSBench labels the first only.</param>
public sealed record ComposeOptions(long Seed, SceneCounts? S4, SceneCounts? MS3, int Threads, bool LabelAllTrainFrames = false)
{
    /// <summary>AVSS-like scenes with semantic labels; null for none.</summary>
    public SceneCounts? AVSS { get; init; }

    /// <summary>The chance that a scene has three objects instead of two.</summary>
    public double ThreeObjects { get; init; } = 0.25;
}

/// <summary>The progress of composing.</summary>
/// <param name="Elapsed">Time since the first scene was begun.</param>
public sealed record ComposeProgress(int Scenes, int Total, TimeSpan Elapsed)
{
    public double Rate => Scenes / Math.Max(1e-3, Elapsed.TotalSeconds);

    /// <summary>The time left at this rate; null before the first scene.</summary>
    public TimeSpan? Left => Scenes == 0 ? null : TimeSpan.FromSeconds((Total - Scenes) / Rate);
}

/// <summary>What was composed.</summary>
/// <param name="Clips">Clips of both subsets.</param>
/// <param name="Elapsed">How long composing took, without loading the parts.</param>
public sealed record ComposeReport(string Folder, int Clips, TimeSpan Elapsed);
