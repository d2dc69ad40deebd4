using Avs.Core.Configuration;

namespace Avs.Core.Tests.Configuration;

public sealed class MovedKeysTests
{
    private static readonly MovedKeys Moved = new(("train.batch", "data.batch"), ("old", "train.new.name"));

    private static string Text(ConfigMap map, string path) => Assert.IsType<ConfigScalar>(map.At(path)).Text;

    [Fact]
    public void A_former_name_is_read_as_the_new_one_and_said()
    {
        var moved = new List<MovedKey>();
        var map = Moved.Apply(ConfigSource.Parse("train:\n  batch: 4\n  steps: 2\nold: x\n", "a.yaml"), moved);

        Assert.Equal(("4", "2", "x"), (Text(map, "data.batch"), Text(map, "train.steps"), Text(map, "train.new.name")));
        Assert.Null(map.At("train.batch"));
        Assert.Null(map.At("old"));
        Assert.Equal(
            "note: train.batch is now data.batch (a.yaml:2, --set); old is now train.new.name (a.yaml:4); "
            + "former names are understood, but write the new ones in new files",
            MovedKey.Note([.. moved, new MovedKey("train.batch", "data.batch", new Place("--set", null))]));
    }

    [Fact]
    public void What_names_no_former_key_stays_as_it_is()
    {
        var moved = new List<MovedKey>();
        var map = ConfigSource.Parse("data: {batch: 4}", "a.yaml");

        Assert.Same(map, Moved.Apply(map, moved));
        Assert.Empty(moved);
    }

    [Fact]
    public void Both_names_in_one_file_are_refused_with_both_lines() => Assert.Equal(
        "a.yaml:2: train.batch: this key is now data.batch, which is given too (a.yaml:1)",
        Assert.Throws<UsageException>(() =>
            Moved.Apply(ConfigSource.Parse("data: {batch: 4}\ntrain: {batch: 5}\n", "a.yaml"), [])).Message);
}
