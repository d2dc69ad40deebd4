namespace Avs.Core;

/// <summary>Writes whole files: a reader, or a crash in between, sees the old file or the new one, never a part.</summary>
public static class AtomicFile
{
    /// <summary>Writes a text as UTF-8.</summary>
    /// <param name="path">The file; its folder exists.</param>
    public static void WriteAllText(string path, string text) => Write(path, partial => File.WriteAllText(partial, text));

    /// <param name="path">The file; its folder exists.</param>
    public static void WriteAllBytes(string path, byte[] bytes) => Write(path, partial => File.WriteAllBytes(partial, bytes));

    /// <summary>Writes a file beside the wanted one, then renames it.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="write">Writes to the path that it gets.</param>
    public static void Write(string path, Action<string> write)
    {
        var partial = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            write(partial);
            // The content must be on the disk before the name is, or a power cut could leave an empty file under it.
            using (var file = File.OpenHandle(partial, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(file);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
