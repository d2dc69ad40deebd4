using Avs.Parity.Comparison;

namespace Avs.Parity.Tests;

/// <summary>The fixtures of this repository.</summary>
internal static class ParityFolder
{
    public static string Path { get; } = Find();

    public static ParityManifest Manifest { get; } = ParityManifest.Read(Path);

    public static ParityCase Case(string name) => Manifest.Cases.Single(item => item.Name == name);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "tests", "parity");
            if (File.Exists(System.IO.Path.Combine(candidate, "manifest.json"))) return candidate;
        }
        throw new DirectoryNotFoundException("no tests/parity above the test assembly");
    }
}
