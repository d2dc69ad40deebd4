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
            // Uploads are nobody else's business.
            Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            held = Hold(Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the work folder {named} cannot be written: {e.Message}", e);
        }
    }

    public string Root { get; }

    /// <summary>A name that nobody can guess, in hexadecimal digits.</summary>
    public static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <param name="id">From <see cref="NewId"/>, never from a request.</param>
    public string PathOf(string id) => Path.Combine(Root, id);

    /// <summary>Removes what belongs to an id, if there is anything.</summary>
    public void Remove(string id)
    {
        try
        {
            Directory.Delete(PathOf(id), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isTemporary)
            Directory.Delete(Root, recursive: true);
        else
            File.Delete(Path.Combine(Root, LockFile));
        held.Dispose();
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
