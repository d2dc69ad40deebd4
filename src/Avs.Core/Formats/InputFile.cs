namespace Avs.Core.Formats;

/// <summary>Opens files for reading; every failure becomes one sentence.</summary>
public static class InputFile
{
    /// <exception cref="DataException">It is missing, a folder, or may not be read.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{path} does not exist", cause);
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException or IOException)
        {
            throw new DataException(Directory.Exists(path)
                ? $"{path} is a folder, expected a file"
                : $"{path} cannot be read: {cause.Message}", cause);
        }
    }
}
