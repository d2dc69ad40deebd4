namespace Avs.Eval.Metrics;

/// <summary>The thresholds of the F-score: 255 float32 values from 0 to 1, AVSBench's `linspace(0, 1 - 1e-10, 255)`.</summary>
public static class FScoreThresholds
{
    public const int Count = 255;

    private static readonly float[] Levels = MakeLevels();

    /// <summary>Ascending.</summary>
    public static ReadOnlySpan<float> Values => Levels;

    // The end rounds to 1, and the upper half counts down from it.
    private static float[] MakeLevels()
    {
        var levels = new float[Count];
        const float step = 1f / (Count - 1);
        for (var i = 0; i < Count; i++)
            levels[i] = i < Count / 2 ? step * i : 1f - step * (Count - 1 - i);
        return levels;
    }
}
