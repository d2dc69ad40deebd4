namespace Avs.Cli.Tests;

/// <summary>`avs tour`, whole and on the real images, with networks that are hardly trained.</summary>
[Trait("Speed", "Slow")]
public sealed class TourTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_prints_what_to_look_at_and_ends_with_a_page_of_every_section()
    {
        var typed = Typed.Line("tour", "--steps", "3", "--out", folder.At("tour"));

        Assert.True(typed.Code == 0, typed.Error);
        var lines = typed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches($"^done after [0-9]+:[0-9][0-9]; everything on one page: {folder.At("tour/tour.html")}$", lines[^1]);
        var page = File.ReadAllText(folder.At("tour/tour.html"));
        var titles = lines.Where(line => line.StartsWith("== ", StringComparison.Ordinal)).Select(line => line[3..])
            .Where(title => !title.StartsWith("training ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(15, titles.Length);
        Assert.All(titles, title => Assert.Contains($"<h2>{title}</h2>", page));
        Assert.All(
            lines.Where(line => line.Contains("look at /", StringComparison.Ordinal)),
            line => Assert.True(File.Exists(line.Split("look at ")[1]), line));
    }
}
