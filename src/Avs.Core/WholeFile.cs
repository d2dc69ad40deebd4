namespace Avs.Core;

/// <summary>Reads whole files; every failure becomes one sentence.</summary>
public static class WholeFile
{
    /// <summary>Reads a file that must not be empty.</summary>
    /// <exception cref="DataException">It is missing, a folder, unreadable or empty.</exception>
    public static byte[] Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException($"{path} is missing", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataException(Directory.Exists(path)
                ? $"{path} is a folder, expected a file"
                : $"{path} may not be read: permission denied", e);
        }
        catch (IOException e)
        {
            throw new DataException($"{path} cannot be read: {e.Message}", e);
        }

        return bytes.Length > 0 ? bytes : throw new DataException($"{path} is empty (0 bytes)");
    }

    /// <summary>The first bytes of a file, as text for an error message.</summary>
    public static string Start(ReadOnlySpan<byte> file) => "bytes " + Convert.ToHexString(file[..Math.Min(8, file.Length)]);
}
