using System.Text.Json;
using Avs.Cli.Json;
using Avs.Data.Clips;
using Avs.Data.Prepare;
using Avs.Data.Tests.AvsBench;
using Avs.Train.Segmentation;

namespace Avs.Cli.Tests;

/// <summary>The keys that scripts read.</summary>
public sealed class JsonTests
{
    private static JsonElement Read(string text) => JsonDocument.Parse(text).RootElement;

    private static string Keys(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(property => property.Name));

    [Fact]
    public void Models_have_the_keys_and_the_counts_of_their_tables()
    {
        var root = Read(Typed.Line("models", "--json").Out);

        Assert.Equal("models backbones audio", Keys(root));
        var models = root.GetProperty("models").EnumerateArray().ToDictionary(model => model.GetProperty("name").GetString()!);
        Assert.All(models.Values, model => Assert.Equal(
            "name summary parameters gflop backbone audio weights checkpoints family trainable encoder decoder", Keys(model)));
        // The tables of the spec: convolutions and dense layers, then with running statistics.
        Assert.Equal("autoencoder 343043 343043 96770 246273", Counts(models["ae_conv"]));
        Assert.Equal("vae 347141 347141 100868 246273", Counts(models["vae_conv"]));
        Assert.Equal("vae 1354387 1351315 653584 700803", Counts(models["vae_faces"]));
        var layers = models["ae_conv"].GetProperty("encoder").GetProperty("layers").EnumerateArray();
        Assert.Equal("320 18496 73856 4098", string.Join(' ', layers.Select(layer => layer.GetProperty("parameters"))));
        Assert.Equal("multimodal_vae", models["mvae"].GetProperty("family").GetString());
        Assert.Equal("name summary parameters gflop weights", Keys(root.GetProperty("backbones")[0]));
        var vggish = root.GetProperty("audio").EnumerateArray().First(part => part.GetProperty("name").GetString() == "vggish");
        Assert.Equal("file publisher", Keys(vggish.GetProperty("weights")));
    }

    private static string Counts(JsonElement model)
    {
        long Of(JsonElement part) => part.GetProperty("parameters").GetInt64();
        return $"{model.GetProperty("family").GetString()} {Of(model)} {model.GetProperty("trainable")} "
            + $"{Of(model.GetProperty("encoder"))} {Of(model.GetProperty("decoder"))}";
    }

    [Fact]
    public void A_data_check_has_its_keys()
    {
        using var bench = TinyBench.S4();
        File.Delete(Directory.GetFiles(bench.Root, "*.png", SearchOption.AllDirectories)[0]);
        var subset = Read(Typed.Line("data", "check", bench.Root, "--json").Out).GetProperty("subsets")[0];

        Assert.Equal("subset root frames_per_clip complete splits facts problems notes", Keys(subset));
        Assert.Equal("s4", subset.GetProperty("subset").GetString());
        Assert.Equal("split in_table whole official", Keys(subset.GetProperty("splits")[0]));
        Assert.Equal(
            "split frames plain_frames masks empty_masks full_masks mask_area mask_kinds sounds silent_sounds other_pickles sound_kinds " +
            "seconds log_mel",
            Keys(subset.GetProperty("facts")[0]));
        Assert.Equal(2, subset.GetProperty("facts")[0].GetProperty("log_mel").GetArrayLength());
        Assert.Equal("group sentence", Keys(subset.GetProperty("problems")[0]));
    }

    [Fact]
    public void A_preparation_has_its_keys()
    {
        var (failure, note) = (new PrepareRemark("a", "is empty"), new PrepareRemark("b", "is late"));
        var report = new PrepareReport("data/mine", Subset.MS3, 3, 1, [failure], [note], false, "x.csv");

        Assert.Equal(
            """
            {"root":"data/mine","subset":"ms3","prepared":3,"kept":1,"failures":[{"clip":"a","reason":"is empty"}],
            "notes":[{"clip":"b","note":"is late"}],"has_masks":false,"journal":"x.csv"}
            """.ReplaceLineEndings(""), JsonSerializer.Serialize(DataPrepareJson.From(report), JsonOutput.Default.DataPrepareJson));
    }

    [Fact]
    public void Caches_have_their_keys() => Assert.Equal(
        """{"caches":[{"name":"S4 train","path":"x","clips":2,"bytes":10,"bad_clips":1,"embedding":null}]}""",
        JsonSerializer.Serialize(DataCacheJson.From([new MadeCache("S4 train", "x", 2, 10, 1, null)]), JsonOutput.Default.DataCacheJson));

    [Fact]
    public void Parity_has_its_keys()
    {
        var cases = new[] { new Avs.Parity.Comparison.CaseResult("a", Avs.Parity.Comparison.CaseStatus.Ok, double.NaN, 1e-5, "") };

        Assert.Equal(
            """{"cases":[{"name":"a","status":"ok","worst":null,"tolerance":1E-05,"detail":""}]}""",
            JsonSerializer.Serialize(ParityJson.From(cases), JsonOutput.Default.ParityJson));
    }

    [Fact]
    public void Weights_have_their_keys()
    {
        var parity = Repository.At("tests/parity");
        var file = Read(Typed.Line("weights", "show", Path.Combine(parity, "12_zip.pth"), "--json").Out);
        var diff = Read(Typed.Line(
            "weights", "diff", Path.Combine(parity, "12_zip.pth"), Path.Combine(parity, "12_plain_state_dict.pth"), "--json").Out);

        Assert.Equal("file format parameters bytes tensors metadata other_values skipped", Keys(file));
        Assert.Equal("name dtype shape parameters bytes", Keys(file.GetProperty("tensors")[0]));
        Assert.Equal("same equal missing unexpected reshaped changed", Keys(diff));
    }

    [Fact]
    public void An_image_set_has_its_keys()
    {
        using var folder = new ScratchFolder();
        for (var number = 0; number < 20; number++)
            File.CreateSymbolicLink(folder.At($"{number}.png"), Repository.At("docs/demo.png"));
        var split = Read(Typed.Line("data", "images", "folder", "--root", folder.At("."), "--json").Out).GetProperty("splits")[0];

        Assert.Equal("name images height width channels classes attributes", Keys(split));
    }

    [Fact]
    public void A_set_with_several_images_an_example_has_its_keys()
    {
        using var folder = new ScratchFolder();
        foreach (var place in new[] { "train/m0", "train/m1", "test/m0", "test/m1" })
        {
            Directory.CreateDirectory(folder.At(place));
            for (var number = 0; number < 3; number++)
                File.CreateSymbolicLink(folder.At($"{place}/{number}.7.png"), Repository.At("docs/demo.png"));
        }

        var sheet = folder.At("sheet.png");
        var split = Read(Typed.Line("data", "images", "polymnist", "--root", folder.At("."), "--json", "--sheet", sheet).Out)
            .GetProperty("splits")[1];

        Assert.Equal("name examples modalities factors", Keys(split));
        Assert.Equal("name shape", Keys(split.GetProperty("modalities")[1]));
        Assert.Equal("name modality classes", Keys(split.GetProperty("factors")[0]));
        Assert.Equal(3, split.GetProperty("factors")[0].GetProperty("classes").GetProperty("7").GetInt32());
        Assert.True(File.Exists(sheet));
    }
}
