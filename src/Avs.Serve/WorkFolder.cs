using System.Security.Cryptography;
using Avs.Core;

namespace Avs.Serve;

/// <summary>
/// The one folder that a server writes to: a folder for each upload and result, under names that it draws itself. One that nobody named is
/// removed at the end; what servers left behind that were killed, the next one removes.
/// </summary>
public sealed class WorkFolder : IDisposable
{
    private const string LockFile = "lock";
    private const int MostTries = 5;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    private readonly bool isTemporary;
    private readonly FileStream held; // the system lets go of it when the process ends, however it ends

    /// <param name="named">A folder that is missing or empty; null: a temporary one in the cache.</param>
    /// <exception cref="UsageException">The folder is not empty, or nobody may write there.</exception>
    public WorkFolder(string? named)
    {
        isTemporary = named is null;
        try
        {
            if (named is not null)
                OutputFolder.RequireEmpty(named);
            Root = Path.GetFullPath(named ?? Path.Combine(PrepareCache(), NewId()));
            Directory.CreateDirectory(Root);
            if (!OperatingSystem.IsWindows()) // uploads are nobody else's business
                File.SetUnixFileMode(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            held = Hold(Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the work folder {named ?? "in the cache"} cannot be written: {e.Message}", e);
        }
    }

    public string Root { get; }

    /// <summary>A name that nobody can guess, in hexadecimal digits.</summary>
    public static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <param name="id">From <see cref="NewId"/>, never from a request.</param>
    public string PathOf(string id) => Path.Combine(Root, id);

    /// <summary>Removes what belongs to an id, if there is anything.</summary>
    public void Remove(string id) => Remove(PathOf(id), MostTries);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isTemporary)
            Remove(Root, MostTries);
        else
            File.Delete(Path.Combine(Root, LockFile));
        held.Dispose();
    }

    // While an upload that was cut off still writes, a folder may not be empty yet.
    private static void Remove(string path, int tries)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }
        catch (IOException) when (tries > 1)
        {
            Thread.Sleep(BetweenTries);
            Remove(path, tries - 1);
        }
        catch (IOException)
        {
            // Nothing can be done about it; the next server tries again.
        }
    }

    private static FileStream Hold(string folder) =>
        new(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static string PrepareCache()
    {
        var cache = Path.Combine(CacheFolder.Default(), "serve");
        Directory.CreateDirectory(cache);
        foreach (var folder in Directory.GetDirectories(cache))
        {
            try
            {
                using (Hold(folder))
                    Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A server works there, or has just removed it.
            }
        }
        return cache;
    }
}
