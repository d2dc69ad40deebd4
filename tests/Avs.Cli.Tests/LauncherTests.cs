namespace Avs.Cli.Tests;

/// <summary>The launcher `./avs`, with a `dotnet` that only pretends.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public LauncherTests()
    {
        Directory.CreateDirectory(folder.At("a clone/src"));
        Directory.CreateDirectory(folder.At("a clone/build"));
        foreach (var name in (string[])["avs", "build/environment", "Directory.Build.props", "global.json"])
            File.Copy(Repository.At(name), folder.At($"a clone/{name}"));
        File.CreateSymbolicLink(folder.At("avs"), folder.At("a clone/avs"));
    }

    public void Dispose() => folder.Dispose();

    private Typed Launch(string dotnet, string[] arguments, params (string, string)[] environment)
    {
        folder.Script("bin/dotnet", dotnet);
        folder.Script("bin/ffmpeg", "");
        folder.Script("bin/apt-get", "exit 1"); // whatever is missing here, a test installs nothing
        return ScratchFolder.Run(folder.At("avs"), arguments,
            [("PATH", $"{folder.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}"), .. environment]);
    }

    [Fact]
    public void It_builds_what_changed_and_hands_over()
    {
        const string Dotnet =
            """if [ "$1" = build ]; then echo "built $AVS_TORCH" >>"$(dirname "$0")/log"; else echo "$OMP_WAIT_POLICY|$*"; fi""";
        var program = folder.At("a clone/artifacts/program/avs.dll");
        Assert.Equal((0, $"passive|{program} models --json\n"), Result(Launch(Dotnet, ["models", "--json"])));
        Assert.Equal((0, $"passive|{program} doctor\n"), Result(Launch(Dotnet, ["doctor"])));
        Assert.Equal("built cpu\n", File.ReadAllText(folder.At("bin/log")));

        Launch(Dotnet, ["build"], ("AVS_TORCH", "cuda"));
        File.WriteAllText(folder.At("a clone/src/new.cs"), "");
        Launch(Dotnet, ["build"], ("AVS_TORCH", "cuda"));
        Assert.Equal("built cpu\nbuilt cuda\nbuilt cuda\n", File.ReadAllText(folder.At("bin/log")));

        static (int, string) Result(Typed ran) => (ran.Code, ran.Out);
    }

    [Fact]
    public void A_package_that_no_feed_has_is_named()
    {
        const string Log = "echo 'x.csproj : error NU1101: Unable to find package TorchSharp-cuda-linux. No packages exist with this id in "
            + "source(s): nuget.org [x]'; exit 1";
        var ran = Launch(Log, ["build"], ("AVS_TORCH", "cuda"));

        Assert.Equal(1, ran.Code);
        Assert.EndsWith("error: no package feed of this machine ('dotnet nuget list source') has TorchSharp-cuda-linux in the version that "
            + "building the program needs\n", ran.Error);
    }

    [Fact]
    public void A_build_that_fails_is_tried_again()
    {
        Assert.Equal(1, Launch("exit 1", ["build"]).Code);
        Assert.Equal("building the program\n", Launch("exit 0", ["build"]).Error);
    }

    [Fact]
    public void Another_torch_than_these_two_is_refused()
    {
        var ran = Launch("exit 0", ["models"], ("AVS_TORCH", "gpu"));

        Assert.Equal((2, "error: AVS_TORCH must be cpu or cuda, got 'gpu'\n"), (ran.Code, ran.Error));
    }
}
