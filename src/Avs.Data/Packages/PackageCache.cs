using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Avs.Core;

namespace Avs.Data.Packages;

/// <summary>A package as it was fetched.</summary>
public sealed record PackageVersion(string Name, string Version);

/// <summary>
/// Files of Debian packages in a local folder: fetched once from the distribution's package archive, without
/// installing anything. A stamp file, written last, lists every file with its size: a folder without it, or not agreeing with it, is
/// fetched again.
/// </summary>
public sealed class PackageCache
{
    private const string StampName = "complete.txt";

    private PackageCache(string folder, IReadOnlyList<PackageVersion> packages) => (Folder, Packages) = (folder, packages);

    /// <summary>The folder; a file lies at its package and path.</summary>
    public string Folder { get; }

    /// <summary>The packages that the files came from.</summary>
    public IReadOnlyList<PackageVersion> Packages { get; }

    /// <summary>Opens the files, fetching them first if they are not here.</summary>
    /// <param name="root">The cache folder, normally <see cref="CacheFolder.Default"/>.</param>
    /// <param name="label">What the folder's name begins with.</param>
    /// <param name="what">What messages call the files, such as `the parts of AVS-Stamps`.</param>
    /// <param name="log">Gets a few words about each step.</param>
    /// <param name="finish">Processes the fetched files before the folder counts as complete; may be null.</param>
    /// <exception cref="DataException">The packages cannot be fetched or unpacked; the sentence says what is missing.</exception>
    public static PackageCache OpenOrFetch(
        string root, string label, string what, IReadOnlyCollection<PackageFile> sources, Action<string> log, Action<string>? finish = null)
    {
        var folder = PathOf(root, label, sources);
        if (TryOpen(folder) is { } cache)
            return cache;

        var temporary = $"{folder}.{Environment.ProcessId}.partial";
        try
        {
            RemoveLeftovers(root, label);
            Directory.CreateDirectory(temporary);
            Fetch(temporary, what, sources, log, finish);
            // Another process may have finished first: its folder is as good.
            if (Directory.Exists(folder) && TryOpen(folder) is null)
                Directory.Delete(folder, recursive: true);
            if (!Directory.Exists(folder))
                Directory.Move(temporary, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{what} cannot be kept in {root}: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }

        return TryOpen(folder) ?? throw new DataException($"{what} in {folder} changed while they were written; try again");
    }

    public string Copyright(string package) => File.ReadAllText(Path.Combine(Folder, CopyrightPath(package)));

    private static string CopyrightPath(string package) => $"{package}/copyright";

    /// <summary>Removes incomplete downloads of processes that have ended.</summary>
    private static void RemoveLeftovers(string root, string label)
    {
        if (!Directory.Exists(root))
            return;
        foreach (var leftover in Directory.EnumerateDirectories(root, $"{label}-*.partial"))
        {
            if (int.TryParse(leftover.Split('.')[^2], CultureInfo.InvariantCulture, out var process)
                && !Directory.Exists($"/proc/{process}"))
                Directory.Delete(leftover, recursive: true);
        }
    }

    private static PackageCache? TryOpen(string folder)
    {
        var stamp = Path.Combine(folder, StampName);
        if (!File.Exists(stamp))
            return null;
        var packages = new List<PackageVersion>();
        foreach (var line in File.ReadLines(stamp))
        {
            switch (line.Split('\t'))
            {
                case ["package", var name, var version]:
                    packages.Add(new PackageVersion(name, version));
                    break;
                case ["file", var size, var path]:
                    var file = new FileInfo(Path.Combine(folder, path));
                    if (!file.Exists || file.Length.ToString(CultureInfo.InvariantCulture) != size)
                        return null;
                    break;
                default:
                    return null;
            }
        }

        return packages.Count > 0 ? new PackageCache(folder, packages) : null;
    }

    private static void Fetch(string folder, string what, IReadOnlyCollection<PackageFile> sources, Action<string> log,
        Action<string>? finish)
    {
        var stamp = new StringBuilder();
        var downloads = Path.Combine(folder, "downloads");
        Directory.CreateDirectory(downloads);
        foreach (var parts in sources.GroupBy(s => s.Package, StringComparer.Ordinal))
        {
            log($"fetching {parts.Key}");
            ExternalProgram.Run("apt-get", ["download", "-q", parts.Key], downloads,
                $"{what} come from the Debian package {parts.Key}, which could not be fetched (is there a network, and was 'apt-get "
                    + "update' run?)");
            var archive = Directory.EnumerateFiles(downloads, "*.deb").Single();
            var version = ExternalProgram.Run("dpkg-deb", ["--field", archive, "Version"], downloads,
                $"{parts.Key} is not a readable package").Trim();
            stamp.Append(CultureInfo.InvariantCulture, $"package\t{parts.Key}\t{version}\n");
            log($"unpacking {parts.Key}");
            Unpack(archive, parts.Key, [.. parts], folder);
            File.Delete(archive);
        }

        Directory.Delete(downloads);
        finish?.Invoke(folder);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            stamp.Append(CultureInfo.InvariantCulture, $"file\t{new FileInfo(path).Length}\t{Path.GetRelativePath(folder, path)}\n");
        File.WriteAllText(Path.Combine(folder, StampName), stamp.ToString());
    }

    /// <summary>Streams a package's files and keeps the wanted ones only.</summary>
    private static void Unpack(string archive, string package, PackageFile[] parts, string folder)
    {
        var wanted = parts.ToLookup(p => p.PathInPackage, StringComparer.Ordinal);
        var missing = parts.Select(p => p.PathInPackage).ToHashSet(StringComparer.Ordinal);
        var copyright = $"usr/share/doc/{package}/copyright";
        missing.Add(copyright);
        ExternalProgram.Stream("dpkg-deb", ["--fsys-tarfile", archive], $"{package} could not be unpacked", stream =>
        {
            using var tar = new TarReader(stream, leaveOpen: true);
            while (missing.Count > 0 && tar.GetNextEntry() is { } entry)
            {
                var path = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (entry.DataStream is null || !missing.Remove(path))
                    continue;
                using var content = new MemoryStream();
                entry.DataStream.CopyTo(content);
                if (path == copyright)
                    Write(CopyrightPath(package), content.ToArray());
                foreach (var part in wanted[path].Where(p => p.ResourceEntry is null))
                    Write(part.StoredPath, content.ToArray());
                if (wanted[path].Any(p => p.ResourceEntry is not null))
                {
                    var resources = new QtResourceFile(path, content.ToArray());
                    foreach (var part in wanted[path])
                        Write(part.StoredPath, resources.Read(part.ResourceEntry!));
                }
            }
        });
        if (missing.Count > 0)
            throw new DataException($"the package {package} does not hold {missing.Order(StringComparer.Ordinal).First()}");

        void Write(string relative, byte[] bytes)
        {
            var path = Path.Combine(folder, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }
    }

    /// <summary>The folder that files are kept in.</summary>
    public static string PathOf(string root, string label, IEnumerable<PackageFile> files)
    {
        var text = string.Join('\n', files.Select(NameInDigest));
        return Path.Combine(root, $"{label}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12]}");
    }

    // Where this text changes, every machine fetches its files again.
    private static string NameInDigest(PackageFile file) => $"PartSource {{ Package = {file.Package}, Path = {file.Path}, "
        + $"PackageFile = {file.PathInPackage}, ArchiveEntry = {file.ResourceEntry}, StoredPath = {file.StoredPath}, CachePath = "
            + $"{file.CachePath} }}";
}
