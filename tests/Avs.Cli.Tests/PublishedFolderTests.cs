namespace Avs.Cli.Tests;

/// <summary>The scripts that make a published folder and start it, and the program where a library is missing.</summary>
public sealed class PublishedFolderTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Publishing_overwrites_nothing()
    {
        File.WriteAllText(folder.At("mine"), "");
        var ran = ScratchFolder.Run(Repository.At("avs"), ["publish", folder.At(".")]);

        Assert.Equal((2, $"error: {folder.At(".")} is there already and not empty: name a new folder, or remove it\n"),
            (ran.Code, ran.Error));
    }

    [Fact]
    public void The_start_script_finds_its_program_through_a_link_and_a_path_with_spaces()
    {
        var program = folder.Script("an avs/program/avs", "echo \"$OMP_WAIT_POLICY|$*\"");
        var published = Path.GetDirectoryName(Path.GetDirectoryName(program))!;
        File.Copy(Repository.At("publish/avs"), Path.Combine(published, "avs"));
        File.Copy(Repository.At("build/environment"), Path.Combine(published, "environment"));
        File.CreateSymbolicLink(folder.At("link"), Path.Combine(published, "avs"));

        Assert.Equal("passive|models --json\n", ScratchFolder.Run(folder.At("link"), ["models", "--json"]).Out);
    }

    [Theory]
    [InlineData("models", 0, "")]
    [InlineData("weights show PARITY/12_zip.pth", 0, "")]
    [InlineData("doctor", 1, "")]
    [InlineData("data images folder --root PICTURES", 1,
        "error: OpenCV's native library (OpenCvSharpExtern), which reads and writes pictures, is not beside the program\n")]
    public void Without_OpenCV_only_what_needs_pictures_stops_and_says_so(string line, int code, string error)
    {
        var program = Directory.CreateDirectory(folder.At("program")).FullName;
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => !file.Contains("OpenCvSharpExtern")))
            if (file.Contains(".so"))
                File.CreateSymbolicLink(Path.Combine(program, Path.GetFileName(file)), file);
            else
                File.Copy(file, Path.Combine(program, Path.GetFileName(file)));
        Directory.CreateDirectory(folder.At("pictures"));
        for (var number = 0; number < 20; number++)
            File.CreateSymbolicLink(folder.At($"pictures/{number}.png"), Repository.At("docs/demo.png"));
        line = line.Replace("PARITY", Repository.At("tests/parity")).Replace("PICTURES", folder.At("pictures"));

        var ran = ScratchFolder.Run("dotnet", [Path.Combine(program, "avs.dll"), .. line.Split(' ')]);

        Assert.Equal((code, error), (ran.Code, ran.Error));
    }
}
