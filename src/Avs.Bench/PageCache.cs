using System.Runtime.InteropServices;

namespace Avs.Bench;

/// <summary>Makes the system forget files that it has read, so that they come from the disk the next time. Needs no rights.</summary>
internal static class PageCache
{
    /// <summary>The method, for reports.</summary>
    public const string Method = "posix_fadvise(DONTNEED) on every file";

    private const int DontNeed = 4; // POSIX_FADV_DONTNEED on Linux

    public static void Forget(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read);
            // Pages that are not on the disk yet cannot be forgotten.
            _ = Sync(file.DangerousGetHandle().ToInt32());
            _ = Advise(file.DangerousGetHandle().ToInt32(), 0, 0, DontNeed);
        }
    }

    [DllImport("libc", EntryPoint = "fsync")]
    private static extern int Sync(int file);

    [DllImport("libc", EntryPoint = "posix_fadvise")]
    private static extern int Advise(int file, long offset, long length, int advice);
}
