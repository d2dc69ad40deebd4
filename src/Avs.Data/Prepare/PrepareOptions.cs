using Avs.Data.Clips;

namespace Avs.Data.Prepare;

/// <summary>What to make of which videos.</summary>
/// <param name="Table">A table in the form of `s4_meta_data.csv` or `ms3_meta_data.csv`; a column `file` may name each clip's video.</param>
/// <param name="Videos">The folder that the videos lie in, in any of the arrangements of <see cref="ClipVideos"/>.</param>
/// <param name="Folder">Where `Single-source` or `Multi-sources` is made; an earlier, unfinished preparation there is gone on with.</param>
public sealed record PrepareOptions(string Table, string Videos, string Folder)
{
    /// <summary>Which layout; null: S4 where the table has a column `category`, else MS3.</summary>
    public Subset? Subset { get; init; }

    /// <summary>T, the seconds (and so the frames) of each clip.</summary>
    public int Seconds { get; init; } = 5;

    /// <summary>A folder of masks that are put into the layout; null for none.</summary>
    public string? Masks { get; init; }

    /// <summary>Whether the videos are longer sources in which each clip begins at the table's start second.</summary>
    public bool Trim { get; init; }

    /// <summary>Whether a clip that lacks a second or more is filled up by repeating its last frame and sound, instead of being a failure.</summary>
    public bool RepeatShort { get; init; }

    /// <summary>Clips that may fail; one more ends the work.</summary>
    public int MaxFailures { get; init; } = 10;

    /// <summary>Clips worked on at the same time.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>Something about one clip that a person should know.</summary>
/// <param name="Clip">The clip's name.</param>
/// <param name="Sentence">What.</param>
public sealed record PrepareRemark(string Clip, string Sentence);

/// <summary>What was prepared.</summary>
/// <param name="Root">The folder with the table.</param>
/// <param name="Subset">Its layout.</param>
/// <param name="Prepared">Clips made now.</param>
/// <param name="Kept">Clips that were whole from an earlier time.</param>
/// <param name="Failures">Clips that could not be made; they are not in the table.</param>
/// <param name="Notes">What was put right in clips that were made.</param>
/// <param name="HasMasks">Whether masks were put in; without them the set can be looked at, not trained on.</param>
/// <param name="Journal">The file that names every clip with its video, state and reason.</param>
public sealed record PrepareReport(
    string Root, Subset Subset, int Prepared, int Kept, IReadOnlyList<PrepareRemark> Failures, IReadOnlyList<PrepareRemark> Notes, bool HasMasks, string Journal);
