namespace Avs.Core;

/// <summary>A folder that a command is about to make. Nothing is ever overwritten.</summary>
public static class OutputFolder
{
    /// <summary>Refuses a folder that holds anything.</summary>
    /// <exception cref="UsageException">It is a file, or a folder that is not empty.</exception>
    public static void RequireEmpty(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
            throw new UsageException($"{folder} is not empty; name a new folder, or delete this one first");
    }
}
