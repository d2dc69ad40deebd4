using System.Text.RegularExpressions;

namespace Avs.Core;

/// <summary>A package of NuGet's that is fetched while the program runs, for data that it brings; nothing is built against it.</summary>
public sealed partial record NuGetPackage(string Id, string Version)
{
    /// <summary>Where a person can fetch it.</summary>
    public string Page => $"https://www.nuget.org/packages/{Id}/{Version}";

    /// <summary>
    /// Fetches the package by <c>dotnet package download</c>, which knows the feeds, proxies and credentials that are set up for whoever
    /// runs this, and NuGet's own cache.
    /// </summary>
    /// <param name="folder">Where to.</param>
    /// <returns>The <c>.nupkg</c>, a zip file.</returns>
    /// <exception cref="DataException">It cannot be fetched; the sentence has NuGet's reason.</exception>
    public string Fetch(string folder)
    {
        var failure = $"the package {Id} {Version} could not be fetched";
        using var process = ExternalProgram.Start(
            "dotnet", ["package", "download", $"{Id}@{Version}", "--output", folder, "--verbosity", "quiet"],
            Environment.CurrentDirectory, failure, environment: new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1" });
        var errors = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        var file = process.ExitCode == 0 && Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.nupkg", SearchOption.AllDirectories).FirstOrDefault()
            : null;
        return file ?? throw new DataException($"{failure}: dotnet says '{Reason(said)}'");
    }

    // The first of its errors: the others are where in NuGet's code it happened.
    private static string Reason(string said)
    {
        var lines = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var first = lines.FirstOrDefault(line => line.StartsWith("error", StringComparison.Ordinal), lines.FirstOrDefault(""));
        return Prefix().Replace(first, "");
    }

    [GeneratedRegex(@"^error: ([\w.]+Exception: )?")]
    private static partial Regex Prefix();
}
