namespace Avs.Data.Packages;

/// <summary>A file of a Debian package, or, written <c>archive.rcc!/path</c>, an entry of a Qt resource file in it.</summary>
/// <param name="Path">Without a leading slash.</param>
public sealed record PackageFile(string Package, string Path)
{
    /// <summary>The file's path in the package; for an entry of a resource file, the resource file's.</summary>
    public string PathInPackage => Path.Split('!')[0];

    /// <summary>The entry's path in the resource file (with its leading slash); null for a plain file.</summary>
    public string? ResourceEntry => Path.Contains('!') ? Path.Split('!', 2)[1] : null;

    /// <summary>The path in the cache as the file was fetched.</summary>
    public string StoredPath => $"{Package}/{Path.Replace("!", "", StringComparison.Ordinal)}";

    /// <summary>The path in the cache. Recordings lie there decoded, as WAV files.</summary>
    public string CachePath =>
        StoredPath.EndsWith(".ogg", StringComparison.Ordinal) ? System.IO.Path.ChangeExtension(StoredPath, ".wav") : StoredPath;
}
