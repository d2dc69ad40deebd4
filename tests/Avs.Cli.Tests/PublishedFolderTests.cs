using System.Diagnostics;

namespace Avs.Cli.Tests;

/// <summary>The scripts that make a published folder and start it, and the program where a library is missing.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PublishedFolderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-published-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Publishing_overwrites_nothing()
    {
        File.WriteAllText(At("mine"), "");
        var ran = Run(Script("run"), [folder.FullName]);

        Assert.Equal((2, $"error: {folder.FullName} is there already and not empty: name a new folder, or remove it\n"), (ran.Code, ran.Error));
    }

    private string At(string name) => Path.Combine(folder.FullName, name);

    private static string Script(string name) => Path.Combine(Repository, "publish", name);

    private static string Repository
    {
        get
        {
            DirectoryInfo? at = new(AppContext.BaseDirectory);
            while (at is not null && !File.Exists(Path.Combine(at.FullName, "AvsResearch.sln")))
                at = at.Parent;
            return at?.FullName ?? throw new DirectoryNotFoundException("the tests are not inside the repository");
        }
    }

    private static Typed Run(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in (string[])["LD_PRELOAD"])
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Typed(process.ExitCode, output, error.Result);
    }
}
