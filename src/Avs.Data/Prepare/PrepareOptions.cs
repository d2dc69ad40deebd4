using Avs.Data.Clips;

namespace Avs.Data.Prepare;

/// <summary>What to prepare.</summary>
/// <param name="Table">A table in the form of `s4_meta_data.csv` or `ms3_meta_data.csv`; a column `file` may name each clip's
/// video.</param>
/// <param name="Videos">The folder that the videos lie in, in any of the arrangements of <see cref="ClipVideos"/>.</param>
/// <param name="Folder">Where `Single-source` or `Multi-sources` is made; an unfinished preparation there is continued.</param>
public sealed record PrepareOptions(string Table, string Videos, string Folder)
{
    /// <summary>Which layout; null: S4 where the table has a column `category`, else MS3.</summary>
    public Subset? Subset { get; init; }

    /// <summary>T, the seconds (and so the frames) of each clip.</summary>
    public int Seconds { get; init; } = 5;

    /// <summary>A folder of masks to put into the layout; null for none.</summary>
    public string? Masks { get; init; }

    /// <summary>Whether each clip begins at the table's start second of a longer video.</summary>
    public bool Trim { get; init; }

    /// <summary>
    /// Whether a clip that lacks a second or more is filled up by repeating its last frame and sound, instead of being a failure.
    /// </summary>
    public bool RepeatShort { get; init; }

    /// <summary>Clips that may fail; one more ends the work.</summary>
    public int MaxFailures { get; init; } = 10;

    /// <summary>Clips processed at the same time.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>A remark on one clip for the user.</summary>
public sealed record PrepareRemark(string Clip, string Sentence);

/// <summary>What was prepared.</summary>
/// <param name="Root">The folder with the table.</param>
/// <param name="Kept">Clips that were complete already.</param>
/// <param name="Failures">Clips that could not be made; they are not in the table.</param>
/// <param name="Notes">What was corrected in the prepared clips.</param>
/// <param name="HasMasks">Whether masks were put in; without them the set cannot be trained on.</param>
/// <param name="Journal">The file that names every clip with its video, state and reason.</param>
public sealed record PrepareReport(
    string Root, Subset Subset, int Prepared, int Kept, IReadOnlyList<PrepareRemark> Failures, IReadOnlyList<PrepareRemark> Notes,
        bool HasMasks, string Journal);
