namespace Avs.Core;

/// <summary>The folder for what can be fetched or computed again: parts of composed data sets, image sets, decoded clips.</summary>
public static class CacheFolder
{
    /// <summary>`$AVS_CACHE`, else `$XDG_CACHE_HOME/avs-research`, else `~/.cache/avs-research`.</summary>
    /// <exception cref="UsageException">None of these is set, and there is no home folder.</exception>
    public static string Default()
    {
        if (Environment.GetEnvironmentVariable("AVS_CACHE") is { Length: > 0 } own)
            return Path.GetFullPath(own);
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } shared)
            return Path.Combine(shared, "avs-research");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0
            ? Path.Combine(home, ".cache", "avs-research")
            : throw new UsageException("there is no home folder to keep fetched files in; set AVS_CACHE to a folder");
    }
}
