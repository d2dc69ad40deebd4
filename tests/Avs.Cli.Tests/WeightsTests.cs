using System.Text.Json;

namespace Avs.Cli.Tests;

public sealed class WeightsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-weights-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Show_lists_the_tensors_and_sums_them_up()
    {
        var typed = Typed.Line("weights", "show", Fixture("12_plain_state_dict.pth"));
        Assert.Equal(0, typed.Code);
        var lines = typed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^0\.weight +F32 +108  \[4, 3, 3, 3\]$", lines[0]);
        // 108 + 4 + 4 * 4 + 1 + 8 + 2 numbers; the counter has 8 bytes, the others 4.
        Assert.EndsWith("PyTorch zip, 9 tensors, 139 numbers, 560 bytes", lines[^1]);
    }

    [Fact]
    public void Show_speaks_json()
    {
        var root = JsonDocument.Parse(Typed.Line("weights", "show", Fixture("12_legacy.pth"), "--json").Out).RootElement;
        Assert.Equal("torch_legacy", root.GetProperty("format").GetString());
        Assert.Equal(35, root.GetProperty("tensors").GetArrayLength());
        Assert.Equal("state_dict/0.weight", root.GetProperty("tensors")[0].GetProperty("name").GetString());
        Assert.Equal([4, 3, 3, 3], root.GetProperty("tensors")[0].GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
    }

    [Fact]
    public void Convert_writes_what_diff_finds_equal()
    {
        var converted = Typed.Line("weights", "convert", Fixture("12_legacy.pth"), At("out.pth"), "--only", "state_dict/");
        Assert.Equal((0, ""), (converted.Code, converted.Error));
        Assert.Equal($"{At("out.pth")}: 9 tensors; 26 other tensors left out; 21 values that are not tensors left out",
            converted.Out.Trim());
        var same = Typed.Line("weights", "diff", At("out.pth"), Fixture("12_plain_state_dict.pth"));
        Assert.Equal(0, same.Code);
        Assert.StartsWith("9 equal, 0 changed", same.Out);
    }

    [Fact]
    public void Diff_exits_1_when_files_differ()
    {
        var typed = Typed.Line("weights", "diff", Fixture("12_zip.pth"), Fixture("12_plain_state_dict.pth"), "--json");
        Assert.Equal(1, typed.Code);
        var root = JsonDocument.Parse(typed.Out).RootElement;
        Assert.False(root.GetProperty("same").GetBoolean());
        Assert.Equal(35, root.GetProperty("missing").GetArrayLength());
        Assert.Equal(9, root.GetProperty("unexpected").GetArrayLength());
    }

    [Fact]
    public void A_missing_file_is_one_sentence_and_exit_code_3()
    {
        var typed = Typed.Line("weights", "show", At("absent.pth"));
        Assert.Equal(3, typed.Code);
        Assert.Equal($"{At("absent.pth")} does not exist", typed.Sentence);
    }

    [Fact]
    public void A_foreign_pickle_is_one_sentence_and_exit_code_3()
    {
        File.WriteAllBytes(At("evil.pth"), [0x80, 2, .. "cos\nsystem\n."u8]);
        var typed = Typed.Line("weights", "show", At("evil.pth"));
        Assert.Equal(3, typed.Code);
        Assert.Equal($"{At("evil.pth")} holds no tensors but 1 object (os.system), and objects are not read", typed.Sentence);
    }

    [Fact]
    public void An_existing_target_is_one_sentence_and_exit_code_2()
    {
        File.WriteAllText(At("mine.pth"), "mine");
        var typed = Typed.Line("weights", "convert", Fixture("12_zip.pth"), At("mine.pth"));
        Assert.Equal(2, typed.Code);
        Assert.Equal($"{At("mine.pth")} exists already and is not overwritten", typed.Sentence);
    }

    // The only feed that NuGet knows of in that home is an empty folder.
    [Fact]
    public void A_package_that_no_feed_has_is_one_sentence_that_says_how_to_fetch_it_by_hand()
    {
        Directory.CreateDirectory(At("feed"));
        Directory.CreateDirectory(At(".nuget/NuGet"));
        File.WriteAllText(At(".nuget/NuGet/NuGet.Config"),
            $"<configuration><packageSources><clear/><add key=\"empty\" value=\"{At("feed")}\"/></packageSources></configuration>");
        var home = folder.FullName;
        var typed = Import(("HOME", home), ("DOTNET_CLI_HOME", home), ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"));

        Assert.Equal(3, typed.Code);
        var lines = typed.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("fetching the package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 (60 MB)", lines[0]);
        Assert.Matches(@"^error: the package Microsoft\.ML\.DnnImageFeaturizer\.ResNet18 0\.23\.1 could not be fetched: dotnet says "
            + @"'[^']+'; fetch it by hand from https://www\.nuget\.org/packages/Microsoft\.ML\.DnnImageFeaturizer\.ResNet18/0\.23\.1 "
            + @"and name the file: avs weights import resnet18 --package FILE\.nupkg$", Assert.Single(lines[1..]));
        Assert.Empty(Directory.GetFiles(At("cache"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Weights_that_are_in_the_cache_are_not_fetched_again()
    {
        Directory.CreateDirectory(At("cache/weights"));
        File.WriteAllText(At("cache/weights/resnet18_mlnet.safetensors"), "there");
        var typed = Import(("PATH", ""));
        Assert.Equal((0, $"{At("cache/weights/resnet18_mlnet.safetensors")} is there already"), (typed.Code, typed.Out.Trim()));
    }

    [Fact]
    public void An_experiment_that_names_them_says_how_to_get_them_where_they_are_not()
    {
        var typed = ScratchFolder.Run(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "avs.dll"), "train", Repository.At("experiments/smoke.yaml"),
                "--set", "model.network.backbone=resnet18_mlnet", "--set", "model.backbone_weights=resnet18",
                "--data", At("data"), "--runs", At("runs"),
            ],
            ("AVS_CACHE", At("cache")));
        Assert.Equal(3, typed.Code);
        Assert.Contains($"error: model.backbone_weights: {At("cache/weights/resnet18_mlnet.safetensors")} does not exist; "
            + "the weights of resnet18_mlnet are fetched by: avs weights import resnet18", typed.Error);
    }

    [Fact]
    public void Weights_are_not_imported_over_a_file()
    {
        File.WriteAllText(At("mine.safetensors"), "mine");
        var typed = Typed.Line("weights", "import", "resnet18", "--out", At("mine.safetensors"));
        Assert.Equal((2, $"{At("mine.safetensors")} exists already and is not overwritten"), (typed.Code, typed.Sentence));
    }

    private Typed Import(params (string Name, string Value)[] environment) => ScratchFolder.Run(
        "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "avs.dll"), "weights", "import", "resnet18"], [("AVS_CACHE", At("cache")), .. environment]);

    private string At(string name) => Path.Combine(folder.FullName, name);

    private static string Fixture(string name) => Repository.At($"tests/parity/{name}");
}
