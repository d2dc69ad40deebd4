namespace Avs.Data.Clips;

/// <summary>The subsets of AVSBench: one sounding source (S4), several (MS3), or several with a class for each pixel (AVSS).</summary>
public enum Subset
{
    /// <summary>Single-source: one object sounds through the whole clip; in training only the first frame is labelled.</summary>
    S4,

    /// <summary>Multi-sources: each second has its own sounding objects, possibly none; every frame is labelled.</summary>
    MS3,

    /// <summary>Semantic-labels: the clips of S4 and MS3 and longer ones, each pixel labelled with what sounds there.</summary>
    AVSS,
}

/// <summary>The part of a data set that a clip belongs to.</summary>
public enum Split
{
    /// <summary>For fitting.</summary>
    Train,

    /// <summary>For choosing a checkpoint.</summary>
    Val,

    /// <summary>For reporting.</summary>
    Test,
}

public static class Splits
{
    /// <summary>`train`, `val` or `test`: as tables, folders and messages write it.</summary>
    public static string Name(this Split split) => split switch { Split.Train => "train", Split.Val => "val", _ => "test" };
}
