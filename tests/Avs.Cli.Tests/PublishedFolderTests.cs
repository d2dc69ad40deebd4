using System.Diagnostics;

namespace Avs.Cli.Tests;

/// <summary>The scripts that make a published folder and start it, and the program where a library is missing.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PublishedFolderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-published-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_start_script_lends_the_program_the_libraries_that_came_along()
    {
        var script = Published("echo \"$LD_LIBRARY_PATH|$AVS_CALLERS_LIBRARY_PATH|$*\"");
        Directory.CreateDirectory(At("lib"));

        var ran = Run(script, ["models", "--json"], ("LD_LIBRARY_PATH", "/the/callers"));

        Assert.Equal($"{At("lib")}:/the/callers|/the/callers|models --json\n", ran.Out);
    }

    [Fact]
    public void A_library_compiled_for_this_machine_keeps_those_that_came_along_out()
    {
        var script = Published("echo \"${LD_LIBRARY_PATH:-none}|$AVS_NATIVE\"");
        Directory.CreateDirectory(At("lib"));
        Directory.CreateDirectory(At("built/system"));

        Assert.Equal($"none|{At("built/system")}\n", Run(script, ["models"]).Out);
    }

    [Fact]
    public void A_folder_without_a_libtorch_is_refused_before_anything_is_compiled()
    {
        var ran = Run(Published("echo started"), ["models"], ("AVS_LIBTORCH", $"{At("nothing")}/share/cmake"));

        Assert.Equal((2, "", $"error: AVS_LIBTORCH: there is no lib/libtorch_cpu.so in {At("nothing")}\n"), (ran.Code, ran.Out, ran.Error));
    }

    [Fact]
    public void What_a_published_program_starts_has_the_callers_libraries()
    {
        const string Path = "LD_LIBRARY_PATH", Callers = "AVS_CALLERS_LIBRARY_PATH";
        var before = Environment.GetEnvironmentVariable(Path);
        try
        {
            Environment.SetEnvironmentVariable(Path, "/published/lib:/the/callers");
            Environment.SetEnvironmentVariable(Callers, "/the/callers");
            ChildLibraries.AreTheCallers();
            Assert.Equal(("/the/callers", null), (Environment.GetEnvironmentVariable(Path), Environment.GetEnvironmentVariable(Callers)));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Path, before);
        }
    }

    [Fact]
    public void All_libraries_but_those_of_the_base_system_travel()
    {
        var ran = Run(Script("libraries"), [At("lib"), "libsoxr.so.0"]);

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        // libsoxr was compiled with OpenMP; the C library and its mathematics belong to the machine.
        Assert.Equal(["libgomp.so.1", "libsoxr.so.0"], Directory.EnumerateFiles(At("lib")).Select(file => Path.GetFileName(file)).Order());
    }

    [Fact]
    public void A_library_that_is_not_here_is_named()
    {
        var ran = Run(Script("libraries"), [At("lib"), "libnosuchthing.so.9"]);

        Assert.Equal((1, "error: libnosuchthing.so.9 is not on this machine\n"), (ran.Code, ran.Error));
    }

    [Fact]
    public void Publishing_overwrites_nothing()
    {
        File.WriteAllText(At("mine"), "");
        var ran = Run(Script("run"), [folder.FullName]);

        Assert.Equal((2, $"error: {folder.FullName} is there already and not empty: name a new folder, or remove it\n"), (ran.Code, ran.Error));
    }

    [Theory]
    [InlineData("models", 0, "")]
    [InlineData("weights show PARITY/12_zip.pth", 0, "")]
    [InlineData("doctor", 1, "")]
    [InlineData("data images folder --root PICTURES", 1, "error: libavs_media.so, which reads and writes pictures and videos, is not beside the program: ")]
    public void Without_OpenCV_only_what_needs_pictures_stops_and_says_so(string line, int code, string error)
    {
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => Path.GetFileName(file) != "libavs_media.so"))
            File.Copy(file, At(Path.GetFileName(file)));
        Directory.CreateDirectory(At("pictures"));
        for (var number = 0; number < 20; number++)
            File.CreateSymbolicLink(At($"pictures/{number}.png"), Path.Combine(Repository, "docs", "demo.png"));
        line = line.Replace("PARITY", Path.Combine(Repository, "tests", "parity")).Replace("PICTURES", At("pictures"));

        var ran = Run("dotnet", [At("avs.dll"), .. line.Split(' ')]);

        Assert.Equal(code, ran.Code);
        Assert.StartsWith(error, ran.Error);
        Assert.Equal(error.Length == 0 ? 0 : 1, ran.Error.Count(letter => letter == '\n'));
    }

    private string Published(string program)
    {
        Directory.CreateDirectory(At("program"));
        File.Copy(Script("avs"), At("avs"));
        File.WriteAllText(At("program/avs"), $"#!/bin/sh\n{program}\n");
        File.SetUnixFileMode(At("program/avs"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return At("avs");
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
        foreach (var name in (string[])["LD_LIBRARY_PATH", "AVS_LIBTORCH", "AVS_PACKAGES"])
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
