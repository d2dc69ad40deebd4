namespace Avs.Data.Packages;

/// <summary>Where a part lies: a file of a Debian package, or, written <c>archive.rcc!/path</c>, an entry of a Qt resource file in it.</summary>
/// <param name="Package">The Debian package.</param>
/// <param name="Path">The file's path in the package, without a leading slash.</param>
public sealed record PartSource(string Package, string Path)
{
    /// <summary>The file's path in the package; for an entry of a resource file, the resource file's.</summary>
    public string PackageFile => Path.Split('!')[0];

    /// <summary>The entry's path in the resource file (with its leading slash); null for a plain file.</summary>
    public string? ArchiveEntry => Path.Contains('!') ? Path.Split('!', 2)[1] : null;

    /// <summary>Where the file lies in the cache as it was fetched.</summary>
    public string StoredPath => $"{Package}/{Path.Replace("!", "", StringComparison.Ordinal)}";

    /// <summary>The part's path in the cache. Recordings lie there decoded, as wav.</summary>
    public string CachePath => StoredPath.EndsWith(".ogg", StringComparison.Ordinal) ? System.IO.Path.ChangeExtension(StoredPath, ".wav") : StoredPath;
}
