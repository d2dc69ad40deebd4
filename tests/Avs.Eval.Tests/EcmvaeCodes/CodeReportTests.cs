using Avs.Core.Formats;
using Avs.Data.Clips;
using Avs.Eval.EcmvaeCodes;
using Avs.Eval.Reports;
using Avs.Eval.Tests.Evaluation;
using Avs.Eval.Tests.Reports;
using Avs.Models;
using Avs.Models.Ecmvae;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.EcmvaeCodes;

[Collection(Alone.Name)]
public sealed class CodeReportTests : IDisposable
{
    private static readonly CodePassOptions Options = new(96);

    private readonly AudioVisualSegmenter model = ModelRegistry.Find("ecmvae_small").Create();
    private readonly string folder = Directory.CreateTempSubdirectory("avs-latents-").FullName;

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static FigureReport Factors(AudioVisualSegmenter model, IClipDataset clips)
    {
        using var scope = NewDisposeScope();
        var codes = CodePass.Collect(model, clips, Options);
        return FactorReport.Create(codes, FactorMeasures.Compute(codes, 1), EcmvaeProbes.Run(codes, codes), "random", 1);
    }

    private static readonly Dictionary<string, Func<AudioVisualSegmenter, IClipDataset, FigureReport>> Reports = new()
    {
        ["factors"] = Factors,
        ["effects"] = (model, clips) => EffectReport.Create(model, clips, Options, "random", 2).Report,
        ["uncertainty"] = (model, clips) => UncertaintyReport.Create(model, clips, Options, 3, "random", 1, 2).Report,
    };

    public static TheoryData<string> Names => [.. Reports.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_report_can_be_drawn_and_leaves_no_tensor(string name)
    {
        _ = Reports[name](model, FakeClips.WithScenes());
        DrawnReport.AssertWhole(() => Reports[name](model, FakeClips.WithScenes()));
    }

    [Theory]
    [InlineData("specific_only", "s_v s_a")]
    [InlineData("no_audio", "s_v")]
    public void A_variant_shows_the_codes_that_it_has(string variant, string symbols)
    {
        var config = ModelRegistry.Find("ecmvae_small").Config;
        var network = (EcmvaeConfig)config.Network;
        using var other = new AudioVisualSegmenter(config with
        {
            Network = variant == "no_audio" ? network with { UseAudio = false }
                : network with { Factorisation = Factorisation.SpecificOnly },
        });
        var clips = FakeClips.WithoutScenes("cat", "dog", "cat", "dog");
        Assert.Equal(5, Factors(other, clips).Figures.Count);
        var effects = EffectReport.Create(other, clips, Options, "random", 1).Result;
        Assert.Equal(
            symbols.Split(' '),
            effects.Scores.Where(score => score.Change == "zero" && score.Code != "all").Select(score => score.Code));
    }

    [Fact]
    public void Effects_begin_with_the_unchanged_masks_and_cover_every_code()
    {
        var (_, result) = EffectReport.Create(model, FakeClips.WithScenes(), Options, "random", 1);
        var unchanged = result.Scores[0];
        Assert.Equal(("unchanged", "", 1.0), (unchanged.Change, unchanged.Code, Math.Round(unchanged.LikeUnchanged, 6)));
        Assert.Equal(
            from change in (string[])["zero", "average", "swapped"] from code in (string[])["c", "s_v", "s_a", "all"] select (change, code),
            result.Scores.Skip(1).Select(score => (score.Change, score.Code)));
        Assert.Equal((6, 12), (result.Clips, result.Frames));
    }

    [Fact]
    public void Uncertainty_is_the_same_of_the_same_seed()
    {
        UncertaintyResult Run(long seed) => UncertaintyReport.Create(model, FakeClips.WithScenes(), Options, 3, "random", seed, 1).Result;
        Assert.Equal(Run(1).MeanDeviation, Run(1).MeanDeviation);
        Assert.NotEqual(Run(1).MeanDeviation, Run(2).MeanDeviation);
        Assert.Equal(Run(1).Predictions[0].MeanIou, Run(2).Predictions[0].MeanIou); // the means are not drawn
    }

    [Fact]
    public void Exported_codes_are_read_back_with_what_is_known_of_them()
    {
        using var scope = NewDisposeScope();
        var codes = CodePass.Collect(model, FakeClips.WithScenes(), Options);
        CodeExport.Write(codes, folder, "best.safetensors");

        using var file = SafetensorsFile.Open(Path.Combine(folder, CodeExport.TensorFile));
        Assert.Equal([12, 16], file.Entries["prior.c.mean"].Shape);
        Assert.Equal(codes.Find("s_a").Posterior.Mean.data<float>().ToArray(), file.Read("posterior.s_a.mean").ToFloats());
        Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5], file.ReadDoubles("clip"));
        Assert.Equal([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2], file.ReadDoubles("category"));
        Assert.Equal("[\"kind0\",\"kind1\",\"kind2\"]", file.Metadata["classes"].ReplaceLineEndings("").Replace(" ", ""));
        Assert.All(file.ReadDoubles("sounds"), value => Assert.Equal(1, value));

        var table = CsvTable.Read(Path.Combine(folder, CodeExport.TableFile));
        Assert.Equal(12, table.Rows.Count);
        Assert.Equal(6 + 9 * 16, table.Header.Count);
        Assert.Equal(["000_b", "1", "kind1", "kind0"], table.Rows[3].Fields.Take(4));
        Assert.Equal(codes.Find("c").Prior.Mean[3, 2].item<float>(), float.Parse(
            table.Rows[3].Fields[table.Column("c_2")], System.Globalization.CultureInfo.InvariantCulture));
    }
}
