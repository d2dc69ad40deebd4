using Avs.Core;
using Avs.Data.Packages;

namespace Avs.Data.Images;

/// <summary>Files of a Debian package, installed or fetched.</summary>
internal static class PackagedFiles
{
    /// <summary>The folder that holds the files.</summary>
    public static string Folder(string package, string home, IReadOnlyList<string> files, string what, ImageSetOptions options)
    {
        var installed = "/" + home;
        if (options.Cache is null && files.All(file => File.Exists(Path.Combine(installed, file))))
            return installed;
        var sources = files.Select(file => new PackageFile(package, $"{home}/{file}")).ToArray();
        var cache = PackageCache.OpenOrFetch(options.Cache ?? CacheFolder.Default(), package, what, sources, options.Log);
        return Path.Combine(cache.Folder, package, home);
    }
}
