using Avs.Core.Configuration;

namespace Avs.Core.Tests.Configuration;

public sealed class ConfigSourceTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-config-");

    public void Dispose() => folder.Delete(recursive: true);

    private string Write(string name, string yaml)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, yaml);
        return path;
    }

    private static ConfigMap Load(string path, params IEnumerable<string> overrides) =>
        ConfigSource.Merge(ConfigSource.LoadParts(path, overrides));

    private static string Text(ConfigNode? node) => Assert.IsType<ConfigScalar>(node).Text;

    [Fact]
    public void An_heir_wins_key_by_key_over_its_base()
    {
        Write("base.yaml", "seed: 1\ntrain:\n  steps: 10\n  batch_clips: 4\n");
        var map = Load(Write("sub/heir.yaml", "base: ../base.yaml\ntrain:\n  steps: 20\n"));
        var train = Assert.IsType<ConfigMap>(map["train"]);

        Assert.Equal("1", Text(map["seed"]));
        Assert.Equal("20", Text(train["steps"]));
        Assert.Equal("4", Text(train["batch_clips"]));
        Assert.Null(map["base"]);
    }

    [Fact]
    public void A_value_remembers_the_file_it_was_written_in()
    {
        var parent = Write("base.yaml", "# a comment\nseed: 1\n");
        var map = Load(Write("heir.yaml", "base: base.yaml\n"));

        Assert.Equal(new Place(parent, 2), map["seed"]!.Place);
    }

    [Fact]
    public void Overrides_win_over_the_file()
    {
        var map = Load(Write("x.yaml", "train: {steps: 10}\n"), ["train.steps=200", "seed=7", "train.steps=300"]);

        Assert.Equal("300", Text(Assert.IsType<ConfigMap>(map["train"])["steps"]));
        Assert.Equal("7", Text(map["seed"]));
    }

    [Theory]
    [InlineData("train.steps")]
    [InlineData("=3")]
    [InlineData("train..steps=3")]
    public void An_override_without_key_and_value_is_refused(string text)
    {
        var path = Write("x.yaml", "seed: 1");
        var refusal = Assert.Throws<UsageException>(() => Load(path, [text]));

        Assert.Equal($"--set: found '{text}', expected KEY=VALUE such as train.steps=200", refusal.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var refusal = Assert.Throws<UsageException>(() => Load("nowhere.yaml"));

        Assert.Equal("there is no configuration file 'nowhere.yaml'", refusal.Message);
    }

    [Fact]
    public void A_missing_base_is_named_with_the_line_that_asks_for_it()
    {
        var path = Write("x.yaml", "seed: 1\nbase: gone.yaml\n");
        var refusal = Assert.Throws<UsageException>(() => Load(path));

        Assert.StartsWith($"{path}:2: base: there is no configuration file", refusal.Message);
    }

    [Fact]
    public void A_circle_of_bases_is_refused()
    {
        Write("a.yaml", "base: b.yaml\n");
        var path = Write("b.yaml", "base: a.yaml\n");

        Assert.Contains("inherits from itself", Assert.Throws<UsageException>(() => Load(path)).Message);
    }

    [Theory]
    [InlineData("a: [1", "not valid YAML")]
    [InlineData("a: 1\na: 2", "is given twice")]
    [InlineData("just text", "expected keys and values")]
    public void What_is_not_keys_and_values_is_refused(string yaml, string words) =>
        Assert.Contains(words, Assert.Throws<UsageException>(() => ConfigSource.Parse(yaml, "x.yaml")).Message);

    [Theory]
    [InlineData("seed: 1\nname: a\ntrain:\n\tsteps: 3\n",
        "x.yaml:4: this is not valid YAML: found a tab in the indentation, expected spaces")]
    [InlineData("seed: 1\ntrain:\n  a: 1\n  \tb: 2\n", "x.yaml:4: this is not valid YAML: ")]
    [InlineData("a: 1\n---\nb: 2\n", "x.yaml:2: a second YAML document begins here")]
    [InlineData("a: 1\nb: 2\na: 3\n", "x.yaml:3: the key 'a' is given twice, here and in line 1")]
    [InlineData("a: 1\nb: [1, 2\nc: 3\n", "x.yaml:2: this is not valid YAML: the bracket '[' is not closed")]
    [InlineData("a: 1\nb: {c: 1\nd: 3\n", "x.yaml:2: this is not valid YAML: the bracket '{' is not closed")]
    [InlineData("a: 1\nb: 'x\nc: 3\n", "x.yaml:2: this is not valid YAML: ")]
    [InlineData("a: 1\nb:2\nc: 3\n", "x.yaml:2: this is not valid YAML: a space is missing after the colon in 'b:2'")]
    [InlineData("t:\n  b:2\n  c: 3\n", "x.yaml:2: this is not valid YAML: a space is missing after the colon in 'b:2'")]
    [InlineData("a: 1\nb: !!python/object/apply:os.system [x]\n", "x.yaml:2: the tag '!!python/object/apply:os.system' asks for an object")]
    [InlineData("a: 1\nb: *c\n", "x.yaml:2: '*c' refers to nothing")]
    [InlineData("a: &x [*x]\n", "x.yaml:1: '*x' refers to what it is a part of")]
    [InlineData("a: 1\nb: x\u0001y\n", "x.yaml:2: found the invisible character U+0001")]
    [InlineData("a: 1\n\u00a0b: 2\n", "x.yaml:2: found the invisible character U+00A0 (a no-break space)")]
    [InlineData("a: 1\nb: x\u2028c: 2\n", "x.yaml:2: found the invisible character U+2028")]
    [InlineData("a: 1\n? [b]\n: 2\n", "x.yaml:2: found a list, a map or a reference as a key")]
    [InlineData("a: 1\nb: @x\n", "x.yaml:2: this is not valid YAML: ")]
    [InlineData("- a\n", "x.yaml:1: found a list, expected keys and values")]
    public void A_fault_is_told_with_its_line(string yaml, string beginning) =>
        Assert.StartsWith(beginning, Assert.Throws<UsageException>(() => ConfigSource.Parse(yaml, "x.yaml")).Message);

    [Fact]
    public void Nesting_without_end_is_refused() => Assert.StartsWith("x.yaml:2: nested more than 64 deep",
        Assert.Throws<UsageException>(() => ConfigSource.Parse("a: 1\nb: " + new string('[', 100_000), "x.yaml")).Message);

    [Theory]
    [InlineData("\ufeffa: 1\r\nb:\r\n  c: 2\r\n")] // as editors on Windows save it
    [InlineData("%YAML 1.2\n---\na: 1\n\t\nb:\n  c: 2\n...\n")]
    [InlineData("b: {<<: {c: 2}}\na: 1")]
    [InlineData("b:\n  <<: [{c: 2, d: 3}, {c: 5}]\n  d: 4\na: 1")]
    [InlineData("a: &one 1\nb: &both {c: 2}\n")]
    [InlineData("{\"a\": 1, \"b\": {\"c\": 2}}")]
    [InlineData("a: !!int '1'\nb: !!map {c: 2}")]
    public void Ways_to_write_the_same(string yaml)
    {
        var map = Load(Write("x.yaml", yaml));

        Assert.Equal("1", Text(map["a"]));
        Assert.Equal("2", Text(Assert.IsType<ConfigMap>(map["b"])["c"]));
    }

    [Fact]
    public void What_a_map_says_itself_wins_over_what_it_merges()
    {
        var map = ConfigSource.Parse("a: &x {b: 1, c: 2}\nd:\n  b: 3\n  <<: *x\n", "x.yaml");

        Assert.Equal(("3", "2"), (Text(((ConfigMap)map["d"]!)["b"]), Text(((ConfigMap)map["d"]!)["c"])));
    }

    [Theory]
    [InlineData("", "is empty (0 bytes), expected a YAML file")]
    [InlineData("# seed: 1\n", "holds no keys and values")]
    [InlineData("---\n", "holds no keys and values")]
    [InlineData("<!DOCTYPE html>", "is an HTML page")]
    [InlineData("\u0001\0\u0002", ":1: found the invisible character U+0001")]
    public void A_file_without_an_experiment_is_refused(string content, string told)
    {
        var path = Write("x.yaml", content);

        Assert.Contains(path + (told[0] == ':' ? told : " " + told), Assert.Throws<UsageException>(() => Load(path)).Message);
    }

    [Fact]
    public void A_byte_that_is_no_letter_is_told_with_its_line()
    {
        var path = Write("x.yaml", "");
        File.WriteAllBytes(path, [.. "a: 1\nb: caf"u8, 0xE9, .. "\n"u8]);

        Assert.Equal($"{path}:2: the byte 0xE9 is not UTF-8; save the file as UTF-8",
            Assert.Throws<UsageException>(() => Load(path)).Message);
    }

    [Fact]
    public void A_text_without_keys_changes_nothing() => Assert.Empty(ConfigSource.Parse("# only a comment\n", "x.yaml").Entries);

    [Fact]
    public void Overrides_made_of_a_map_say_the_same()
    {
        var map = ConfigSource.Parse(
            "a: {b: 1, c: null, d: [x, 'y, z', \"1\"]}\ne: 'no # comment: \"here\"'\nf: ~\ng: 1e-3\nh: a b/c.d\n", "x.yaml");

        string[] overrides = [.. ConfigSource.ToOverrides(map)];

        Assert.Equal(
            ["a.b=1", "a.c=null", "a.d=[x, \"y, z\", \"1\"]", "e=\"no # comment: \\\"here\\\"\"", "f=null", "g=1e-3", "h=a b/c.d"],
            overrides);
        Assert.Equal(overrides, ConfigSource.ToOverrides(ConfigSource.Merge([.. overrides.Select(ConfigSource.ParseOverride)])));
    }
}
