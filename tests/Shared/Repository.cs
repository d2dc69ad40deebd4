namespace Avs.Tests;

/// <summary>The files that the tests are built from.</summary>
internal static class Repository
{
    /// <summary>The path of something in the repository.</summary>
    public static string At(string name)
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "AvsResearch.sln")))
            at = at.Parent;
        return Path.Combine(at?.FullName ?? throw new DirectoryNotFoundException("the tests are not inside the repository"), name);
    }
}
