namespace Avs.Tests;

/// <summary>The working copy that the tests were built in.</summary>
internal static class Repository
{
    /// <summary>Its folder: the one with the solution, above the tests' own.</summary>
    public static string Root { get; } = Find();

    /// <summary>The path of something in it.</summary>
    public static string At(string name) => Path.Combine(Root, name);

    /// <summary>Every C# file under some of its folders, without what building left there.</summary>
    public static IEnumerable<string> CSharpFiles(params IEnumerable<string> folders)
    {
        static bool IsBuilt(string file) =>
            file.Contains("/obj/", StringComparison.Ordinal) || file.Contains("/bin/", StringComparison.Ordinal);
        return folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !IsBuilt(file)).Order(StringComparer.Ordinal);
    }

    private static string Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "AvsResearch.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new DirectoryNotFoundException("the tests are not inside the repository");
    }
}
