using Avs.Core;

namespace Avs.Train.Reporting;

/// <summary>Several runs that are shown the same clips.</summary>
public sealed class OpenedRuns : IDisposable
{
    private readonly List<MeasuredRun> runs = [];

    /// <summary>Opens them in their order.</summary>
    /// <exception cref="UsageException">There is no such run, or the clips of one are others than the first's.</exception>
    /// <exception cref="DataException">A checkpoint or data are missing or damaged.</exception>
    public OpenedRuns(IReadOnlyList<string> paths, MeasureRequest request)
    {
        try
        {
            foreach (var path in paths)
            {
                runs.Add(MeasuredRun.Open(path, request));
                RequireSameClips(paths[0], path, runs[0], runs[^1]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<MeasuredRun> Runs => runs;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var run in runs)
            run.Dispose();
    }

    private static void RequireSameClips(string firstPath, string path, MeasuredRun first, MeasuredRun run)
    {
        if (!run.Clips.Clips.Select(clip => clip.Id).SequenceEqual(first.Clips.Clips.Select(clip => clip.Id)))
        {
            throw new UsageException($"'{firstPath}' and '{path}' are of other clips ({first.Clips.Name} in {first.Data.Root}, "
                + $"{run.Clips.Name} in {run.Data.Root}), which cannot stand side by side; --data names a data set for both");
        }
    }
}
