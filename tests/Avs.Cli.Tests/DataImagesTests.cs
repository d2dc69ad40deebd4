using System.Text.RegularExpressions;
using Avs.Data.Images;

namespace Avs.Cli.Tests;

public sealed class DataImagesTests
{
    [Fact]
    public void Without_a_name_every_set_is_listed()
    {
        var (code, list, _) = Typed.Line("data", "images");
        Assert.Equal(0, code);
        Assert.All(ImageSets.All, set => Assert.Matches($" {set.Name} +{Regex.Escape(set.About)}", list));
        Assert.All(MultimodalSets.All, set => Assert.Matches($" {set.Name} +{Regex.Escape(set.About)}", list));
    }
}
