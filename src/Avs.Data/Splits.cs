namespace Avs.Data;

/// <summary>The two subsets of AVSBench that segment without classes: one sounding source (S4) or several (MS3).</summary>
public enum Subset
{
    /// <summary>Single-source: one object sounds through the whole clip; in training only the first frame is labelled.</summary>
    S4,

    /// <summary>Multi-sources: each second has its own sounding objects, possibly none; every frame is labelled.</summary>
    MS3,
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
