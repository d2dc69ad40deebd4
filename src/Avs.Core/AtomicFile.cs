namespace Avs.Core;

/// <summary>Writes whole files: a reader, or a crash in between, sees the old file or the new one, never a part.</summary>
public static class AtomicFile
{
    /// <summary>Writes a text as UTF-8.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="text">The whole content.</param>
    public static void WriteAllText(string path, string text) => Write(path, partial => File.WriteAllText(partial, text));

    /// <summary>Writes bytes.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="bytes">The whole content.</param>
    public static void WriteAllBytes(string path, byte[] bytes) => Write(path, partial => File.WriteAllBytes(partial, bytes));

    /// <summary>Lets a writer fill a file beside the wanted one, then puts it in its place.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="write">Writes the file that it is given the path of.</param>
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
