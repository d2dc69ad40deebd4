namespace Avs.Core.Tests.Architecture;

public sealed class SourceFileTests
{
    private static readonly Dictionary<string, HashSet<string>> Types = new()
    {
        ["Avs.Core"] = ["AtomicFile"],
        ["Avs.Data"] = ["Root"],
        ["Avs.Data.Clips"] = ["Clip"],
        ["Avs.Data.Media"] = ["Film"],
        ["Avs.Models"] = ["Net"],
    };

    [Theory]
    [InlineData("using Avs.Core;", "Avs.Core")]
    [InlineData("using static Avs.Core.AtomicFile;", "Avs.Core")]
    [InlineData("Avs.Models.Net net;", "Avs.Models")]
    [InlineData("Media.Film film;", "Avs.Data.Media")]
    [InlineData("List<Root> roots;", "Avs.Data")]
    public void A_folder_is_used_by_a_directive_a_name_or_a_type_around(string code, string used) => Assert.Equal([used], Used(code));

    [Theory]
    [InlineData("// Avs.Models.Net")]
    [InlineData("/* Root */")]
    [InlineData("var text = \"Avs.Models.Net\" + '\"' + @\"Root\" + $\"{1} Root\";")]
    [InlineData("Clip clip;")]
    [InlineData("Media.Count")]
    [InlineData("clip.Root")]
    public void Comments_texts_and_members_use_nothing(string code) => Assert.Empty(Used(code));

    [Fact]
    public void Types_are_those_of_the_outermost_level()
    {
        var file = new SourceFile("src/Avs.Data/Clips/A.cs",
            "namespace Avs.Data.Clips;\npublic sealed record A(int X)\n{\n    class B;\n}\n\nenum C { }\n");
        Assert.Equal(["A", "C"], file.Types);
        Assert.Equal(("Avs.Data.Clips", "Avs.Data.Clips"), (file.Folder, file.Namespace));
    }

    private static IEnumerable<string> Used(string code) =>
        new SourceFile("src/Avs.Data/Clips/A.cs", $"{code}\nnamespace Avs.Data.Clips;\n").UsedFolders(Types);
}
