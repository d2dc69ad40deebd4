using Avs.Core;

namespace Avs.Stamps;

/// <summary>A new folder that appears under its name when it is complete, or not at all.</summary>
internal static class ComposedFolder
{
    /// <summary>Makes the folder.</summary>
    /// <param name="folder">It may exist if it is empty.</param>
    /// <param name="fill">Writes into the folder that it gets.</param>
    /// <exception cref="UsageException">The folder is not empty.</exception>
    /// <exception cref="DataException">It cannot be written.</exception>
    public static void Make(string folder, Action<string> fill)
    {
        OutputFolder.RequireEmpty(folder);
        var temporary = $"{folder}.{Environment.ProcessId}.partial";
        try
        {
            Directory.CreateDirectory(temporary);
            fill(temporary);
            OutputFolder.RequireEmpty(folder);
            if (Directory.Exists(folder))
                Directory.Delete(folder);
            Directory.Move(temporary, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{folder} cannot be composed: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }
}
