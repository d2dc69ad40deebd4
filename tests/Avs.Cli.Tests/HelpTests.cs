namespace Avs.Cli.Tests;

public sealed class HelpTests
{
    public static TheoryData<string> Verbs =>
        ["demo", "train", "ablate", "eval", "compare", "report", "gallery", "predict", "serve", "data", "data compose", "data prepare",
        "data check", "data export", "data images", "data cache", "config", "config show", "config schema",
        "models", "weights", "weights show", "weights convert", "weights diff", "weights import", "parity", "bench", "bench ops",
        "bench data", "bench eval",
        "bench vae", "doctor", "version", "lvm", "tour", "latent", "latent reconstruct", "latent sample", "latent scatter",
        "latent histograms", "latent interpolate", "latent traverse", "latent arithmetic", "latent neighbours", "latent manifold",
        "latent ellipses", "latent factors", "latent export", "latent effects", "latent uncertainty",
        "latent inpaint", "latent outfill", "latent denoise", "latent colourise", "latent density", "latent embed", "latent page"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_explains_itself(string verb)
    {
        var typed = Typed.Line([.. verb.Split(' '), "--help"]);

        Assert.Equal(0, typed.Code);
        Assert.Empty(typed.Error);
        Assert.Matches($@"Usage:\s+\S+ {verb}\b", typed.Out);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("ablate")]
    [InlineData("config show")]
    [InlineData("eval")]
    [InlineData("report")]
    [InlineData("gallery")]
    [InlineData("demo")]
    [InlineData("predict")]
    [InlineData("serve")]
    [InlineData("data prepare")]
    [InlineData("data check")]
    [InlineData("parity")]
    public void A_verb_shows_lines_to_type(string verb)
    {
        var typed = Typed.Line([.. verb.Split(' '), "--help"]);

        Assert.Contains($"Examples:\n  avs {verb}", typed.Out.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_program_lists_its_verbs()
    {
        var typed = Typed.Line("--help");

        Assert.Equal(0, typed.Code);
        Assert.All(["demo", "train", "ablate", "eval", "predict", "data", "models", "weights", "parity", "bench", "doctor"],
            verb => Assert.Contains($"\n  {verb} ", typed.Out));
    }

    [Fact]
    public void The_version_is_one_line()
    {
        Assert.Matches(@"^avs \d+\.\d+\.\d+\s*$", Typed.Line("version").Out);
        Assert.Equal(Typed.Line("version").Out, Typed.Line("--version").Out);
    }
}
