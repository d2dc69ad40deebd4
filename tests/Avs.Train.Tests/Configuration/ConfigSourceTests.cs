using Avs.Data;
using Avs.Train.Configuration;

namespace Avs.Train.Tests.Configuration;

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

    private static string Text(ConfigNode? node) => Assert.IsType<ConfigScalar>(node).Text;

    [Fact]
    public void An_heir_wins_key_by_key_over_its_base()
    {
        Write("base.yaml", "seed: 1\ntrain:\n  steps: 10\n  batch_clips: 4\n");
        var map = ConfigSource.Load(Write("sub/heir.yaml", "base: ../base.yaml\ntrain:\n  steps: 20\n"));
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
        var map = ConfigSource.Load(Write("heir.yaml", "base: base.yaml\n"));

        Assert.Equal(new Place(parent, 2), map["seed"]!.Place);
    }

    [Fact]
    public void Overrides_win_over_the_file()
    {
        var map = ConfigSource.Load(Write("x.yaml", "train: {steps: 10}\n"), ["train.steps=200", "seed=7", "train.steps=300"]);

        Assert.Equal("300", Text(Assert.IsType<ConfigMap>(map["train"])["steps"]));
        Assert.Equal("7", Text(map["seed"]));
    }

    [Theory]
    [InlineData("train.steps")]
    [InlineData("=3")]
    [InlineData("train..steps=3")]
    public void An_override_without_key_and_value_is_refused(string text)
    {
        var path = Write("x.yaml", "");
        var refusal = Assert.Throws<UsageException>(() => ConfigSource.Load(path, [text]));

        Assert.Equal($"--set: found '{text}', expected KEY=VALUE such as train.steps=200", refusal.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var refusal = Assert.Throws<UsageException>(() => ConfigSource.Load("nowhere.yaml"));

        Assert.Equal("there is no configuration file 'nowhere.yaml'", refusal.Message);
    }

    [Fact]
    public void A_missing_base_is_named_with_the_line_that_asks_for_it()
    {
        var path = Write("x.yaml", "seed: 1\nbase: gone.yaml\n");
        var refusal = Assert.Throws<UsageException>(() => ConfigSource.Load(path));

        Assert.StartsWith($"{path}:2: base: there is no configuration file", refusal.Message);
    }

    [Fact]
    public void A_circle_of_bases_is_refused()
    {
        Write("a.yaml", "base: b.yaml\n");
        var path = Write("b.yaml", "base: a.yaml\n");

        Assert.Contains("inherits from itself", Assert.Throws<UsageException>(() => ConfigSource.Load(path)).Message);
    }

    [Theory]
    [InlineData("a: [1", "not valid YAML")]
    [InlineData("a: 1\na: 2", "not valid YAML")]
    [InlineData("just text", "expected keys and values")]
    public void What_is_not_keys_and_values_is_refused(string yaml, string words) =>
        Assert.Contains(words, Assert.Throws<UsageException>(() => ConfigSource.Parse(yaml, "x.yaml")).Message);

    [Fact]
    public void An_empty_file_changes_nothing() => Assert.Empty(ConfigSource.Parse("# only a comment\n", "x.yaml").Entries);
}
