using System.Globalization;
using System.Runtime.InteropServices;
using Avs.Core;

namespace Avs.Train.Runs;

/// <summary>
/// The checkpoints with the best validation scores, `best-step_000500-score_0.8125.safetensors`; `best.safetensors` is the first of them
/// under a second name. What is no longer among the best is removed after the next save, so that at any time all that a saved state
/// speaks of is there.
/// </summary>
/// <param name="run">The folder they lie in.</param>
/// <param name="most">How many are kept.</param>
public sealed class BestCheckpoints(RunFolder run, int most)
{
    private const string Pattern = "best-step_*.safetensors";

    /// <summary>Those that are kept, the best first, of equal ones the earlier.</summary>
    public IReadOnlyList<ScoredStep> Kept { get; private set; } = [];

    /// <summary>Brings the folder to what a saved state speaks of.</summary>
    /// <param name="saved">The state's list.</param>
    public void Restore(IReadOnlyList<ScoredStep> saved)
    {
        Kept = saved;
        if (run.IsOthers)
            return;
        if (saved is [var first, ..])
        {
            // Runs of before there were several have the one only; and one that was killed may have found a better one since its save.
            var isBest = File.Exists(run.BestPath) && Checkpoint.ReadStep(run.BestPath) == first.Step;
            if (isBest && !File.Exists(PathOf(first)))
                Link(run.BestPath, PathOf(first));
            else if (!isBest && File.Exists(PathOf(first)))
                Link(PathOf(first), run.BestPath);
        }
        RemoveOthers();
    }

    /// <summary>
    /// Takes in a validation: writes a checkpoint if its score is strictly greater than one of those that are kept, or there is room.
    /// </summary>
    /// <param name="score">Larger is better; one that is not a number is the least.</param>
    /// <param name="write">Writes the checkpoint to a path.</param>
    /// <returns>Whether it is the best so far.</returns>
    public bool Offer(long step, double score, Action<string> write)
    {
        var offered = new ScoredStep(step, double.IsNaN(score) ? double.NegativeInfinity : score);
        var place = Kept.TakeWhile(kept => kept.Score >= offered.Score).Count();
        if (place >= most)
            return false;
        if (!run.IsOthers)
        {
            write(PathOf(offered));
            if (place == 0)
                Link(PathOf(offered), run.BestPath);
        }
        Kept = [.. Kept.Take(place), offered, .. Kept.Skip(place).Take(most - place - 1)];
        return place == 0;
    }

    /// <summary>Removes those that are no longer among the best.</summary>
    public void RemoveOthers()
    {
        var names = Kept.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(run.FullPath, Pattern).Where(path => !names.Contains(path)))
            File.Delete(path);
    }

    private string PathOf(ScoredStep kept) => Path.Combine(
        run.FullPath, string.Create(CultureInfo.InvariantCulture, $"best-step_{kept.Step:D6}-score_{kept.Score:G6}.safetensors"));

    // A second name of the same bytes costs nothing; where the file system has no such names they are copied.
    private static void Link(string from, string to) => AtomicFile.Write(to, partial =>
    {
        File.Delete(partial);
        if (CreateLink(from, partial) != 0)
            File.Copy(from, partial);
    });

    [DllImport("libc", EntryPoint = "link")]
    private static extern int CreateLink(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
