using System.Globalization;
using Avs.Core;

namespace Avs.Train.Runs;

/// <summary>
/// A process's hold on a run's folder, until it is disposed of or the process ends, however it ends: the system holds the lock, not the
/// file, which stays. On a file system without locks nothing is enforced.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private const string LockFile = "run.lock", HolderFile = "run.process";

    private readonly FileStream held;
    private readonly string holder;

    private RunLock(FileStream held, string holder) => (this.held, this.holder) = (held, holder);

    /// <summary>Takes the lock of a folder; null where another process has it.</summary>
    /// <exception cref="UsageException">Nobody may write there.</exception>
    public static RunLock? TryTake(string folder)
    {
        FileStream? file = null;
        var holder = Path.Combine(folder, HolderFile);
        try
        {
            file = new FileStream(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // Beside the lock, for a file that is locked cannot be read either.
            File.WriteAllText(holder,
                string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}"));
            return new RunLock(file, holder);
        }
        catch (IOException e) when (IsLocked(e))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new UsageException($"the run '{folder}' cannot be written to: {e.Message}", e);
        }
    }

    /// <summary>Who has the lock of a folder; they wrote it down a moment after taking it.</summary>
    public static string Holder(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, HolderFile)) is { Length: > 0 } holder ? holder : "another process";
        }
        catch (IOException)
        {
            return "another process";
        }
    }

    /// <summary>Who trains in a folder; null: nobody.</summary>
    public static string? FindHolder(string folder)
    {
        // What a process that was killed leaves says that someone does; whether it is so the lock knows.
        if (!File.Exists(Path.Combine(folder, HolderFile)))
            return null;
        try
        {
            using var _ = new FileStream(Path.Combine(folder, LockFile), FileMode.Open, FileAccess.Read, FileShare.Read);
            return null;
        }
        catch (IOException e) when (IsLocked(e))
        {
            return Holder(folder);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(holder);
        held.Dispose();
    }

    // .NET has no type for it. It is flock's EWOULDBLOCK on Linux and macOS, and a sharing violation on Windows; tests hold it to that.
    private static bool IsLocked(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
}
