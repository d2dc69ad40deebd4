using Avs.Core.Configuration;

namespace Avs.Core.Tests.Configuration;

public sealed class RecordReaderTests
{
    public enum Colour { DarkRed, Blue }

    public sealed record Engine
    {
        [Above(0)] public double LearningRate { get; init; } = 0.1;

        [AtLeast(1)] public int? Threads { get; init; }

        public bool Warm { get; init; }
    }

    public sealed record Car : ICrossChecked
    {
        public string Name { get; init; } = "none";

        public Colour Colour { get; init; } = Colour.Blue;

        [Between(0, 1)] public double Share { get; init; } = 0.5;

        public Engine Engine { get; init; } = new();

        [AtLeast(1)] public IReadOnlyList<int> Sizes { get; init; } = [1];

        [MultipleOf(2)] public int Even { get; init; } = 2;

        [Odd] public int Odd { get; init; } = 1;

        [AtLeast(0), Below(1)] public double Part { get; init; }

        [Above(0), AtMost(1)] public double Whole { get; init; } = 1;

        [Between(0, 3), Distinct] public IReadOnlyList<int> Levels { get; init; } = [];

        public Misfit? FindMisfit() =>
            Share > 0.9 && Colour == Colour.DarkRed ? new Misfit(nameof(Share), "at most 0.9 for dark_red") : null;
    }

    private static Car Read(string yaml) => RecordReader.Read(new Car(), ConfigSource.Parse(yaml, "car.yaml"));

    private static string Refusal(string yaml) => Assert.Throws<UsageException>(() => Read(yaml)).Message;

    [Fact]
    public void What_is_not_said_keeps_its_default() => Assert.Equal(new Car().Engine, Read("name: x").Engine);

    [Fact]
    public void Every_kind_of_value_is_read()
    {
        var car = Read(
            "name: '12'\ncolour: dark_red\nshare: 1e-2\nsizes: [3, 4]\neven: 8\nengine:\n  learning_rate: 2\n  threads: 3\n  warm: yes\n");

        Assert.Equal("12", car.Name);
        Assert.Equal(Colour.DarkRed, car.Colour);
        Assert.Equal(0.01, car.Share);
        Assert.Equal([3, 4], car.Sizes);
        Assert.Equal(8, car.Even);
        Assert.Equal(new Engine { LearningRate = 2, Threads = 3, Warm = true }, car.Engine);
    }

    [Fact]
    public void Reading_leaves_the_defaults_as_they_were()
    {
        var defaults = new Car();
        RecordReader.Read(defaults, ConfigSource.Parse("engine: {learning_rate: 9}", "car.yaml"));

        Assert.Equal(0.1, defaults.Engine.LearningRate);
    }

    [Theory]
    [InlineData("Yes", true)]
    [InlineData("TRUE", true)]
    [InlineData("on", true)]
    [InlineData("No", false)]
    [InlineData("off", false)]
    [InlineData("False", false)]
    public void Truth_has_many_spellings(string text, bool warm) => Assert.Equal(warm, Read($"engine: {{warm: {text}}}").Engine.Warm);

    [Theory]
    [InlineData("~")]
    [InlineData("Null")]
    [InlineData("NULL")]
    public void No_value_has_many_spellings(string text) => Assert.Null(Read($"engine: {{threads: {text}}}").Engine.Threads);

    [Fact]
    public void Null_empties_an_optional_value()
    {
        var car = RecordReader.Read(new Car { Engine = new Engine { Threads = 4 } },
            ConfigSource.Parse("engine: {threads: null}", "car.yaml"));

        Assert.Null(car.Engine.Threads);
    }

    [Theory]
    [InlineData("name: a\nengine:\n  learning_rate: abc\n", "car.yaml:3: engine.learning_rate: found 'abc', expected a number above 0")]
    [InlineData("engine: {learning_rate: 0}", "car.yaml:1: engine.learning_rate: found '0', expected a number above 0")]
    [InlineData("engine: {learning_rate: .nan}", "car.yaml:1: engine.learning_rate: found '.nan', expected a number above 0")]
    [InlineData("engine: {learning_rate: '1'}",
        "car.yaml:1: engine.learning_rate: found '1', expected a number above 0, without quotation marks")]
    [InlineData("engine: {threads: 99999999999}",
        "car.yaml:1: engine.threads: found '99999999999', expected a whole number of at least 1 and not above 2147483647")]
    [InlineData("even: -99999999999",
        "car.yaml:1: even: found '-99999999999', expected a whole number above 0 and divisible by 2 and not below -2147483648")]
    [InlineData("engine: {learning_rate: 1e999}",
        "car.yaml:1: engine.learning_rate: found '1e999', expected a number above 0 and not above 1.7e308")]
    [InlineData("engine: {threads: 1e3}",
        "car.yaml:1: engine.threads: found '1e3', expected a whole number of at least 1, written in digits: 1000")]
    [InlineData("engine: {threads: 1_000}",
        "car.yaml:1: engine.threads: found '1_000', expected a whole number of at least 1, written without '_': 1000")]
    [InlineData("engine: {threads: 010}",
        "car.yaml:1: engine.threads: found '010', expected a whole number of at least 1, without a leading zero, which some programs read "
        + "as an octal number")]
    [InlineData("engine: {threads: 0x10}", "car.yaml:1: engine.threads: found '0x10', expected a whole number of at least 1")]
    [InlineData("engine: {warm: 'yes'}", "car.yaml:1: engine.warm: found 'yes', expected true or false, without quotation marks")]
    [InlineData("engine:\n  threads:3\n", "car.yaml:2: engine: found 'threads:3', expected keys and values")]
    [InlineData("engine: {threads: 1.5}", "car.yaml:1: engine.threads: found '1.5', expected a whole number of at least 1")]
    [InlineData("engine: {warm: 1}", "car.yaml:1: engine.warm: found '1', expected true or false")]
    [InlineData("engine: 3", "car.yaml:1: engine: found '3', expected keys and values")]
    [InlineData("share: 2", "car.yaml:1: share: found '2', expected a number from 0 to 1")]
    [InlineData("share:", "car.yaml:1: share: found nothing, expected a number from 0 to 1")]
    [InlineData("colour: red", "car.yaml:1: colour: found 'red', expected one of dark_red, blue")]
    [InlineData("name: [a]", "car.yaml:1: name: found a list, expected text")]
    [InlineData("sizes: 3", "car.yaml:1: sizes: found '3', expected a list of whole numbers of at least 1 such as [1, 2]")]
    [InlineData("sizes: [3, 0]", "car.yaml:1: sizes[1]: found '0', expected a whole number of at least 1")]
    [InlineData("even: 3", "car.yaml:1: even: found '3', expected a whole number above 0 and divisible by 2")]
    [InlineData("odd: 4", "car.yaml:1: odd: found '4', expected a whole number above 0 and odd")]
    [InlineData("part: 1", "car.yaml:1: part: found '1', expected a number of at least 0 and below 1")]
    [InlineData("whole: 0", "car.yaml:1: whole: found '0', expected a number above 0 and at most 1")]
    [InlineData("levels: [1, 4]", "car.yaml:1: levels[1]: found '4', expected a whole number from 0 to 3")]
    [InlineData("levels: [1, 1]", "car.yaml:1: levels: found [1, 1], expected nothing twice")]
    [InlineData("share: 1\ncolour: dark_red", "car.yaml:1: share: found '1', expected at most 0.9 for dark_red")]
    public void A_wrong_value_is_named_with_its_place(string yaml, string sentence) => Assert.Equal(sentence, Refusal(yaml));

    [Theory]
    [InlineData("engine: {learning_rat: 1}", "car.yaml:1: engine.learning_rat: there is no such key; did you mean 'learning_rate'?")]
    [InlineData("colou: blue", "car.yaml:1: colou: there is no such key; did you mean 'colour'?")]
    [InlineData("engine: {zzzzzz: 1}", "car.yaml:1: engine.zzzzzz: there is no such key; the keys here are learning_rate, threads, warm")]
    public void An_unknown_key_is_named_with_the_nearest(string yaml, string sentence) => Assert.Equal(sentence, Refusal(yaml));

    public static TheoryData<Car, string> Made => new()
    {
        { new Car { Engine = new Engine { LearningRate = 0 } }, "car.engine.learning_rate: found '0', expected a number above 0" },
        { new Car { Engine = new Engine { LearningRate = double.PositiveInfinity } },
            "car.engine.learning_rate: found 'Infinity', expected a number above 0" },
        { new Car { Engine = new Engine { Threads = 0 } }, "car.engine.threads: found '0', expected a whole number of at least 1" },
        { new Car { Sizes = [3, 0] }, "car.sizes[1]: found '0', expected a whole number of at least 1" },
        { new Car { Levels = [2, 2] }, "car.levels: found [2, 2], expected nothing twice" },
        { new Car { Share = 1, Colour = Colour.DarkRed }, "car.share: found '1', expected at most 0.9 for dark_red" },
    };

    [Theory]
    [MemberData(nameof(Made))]
    public void A_record_that_code_made_is_held_to_the_same_limits(Car car, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<UsageException>(() => RecordCheck.Require(car, "car")).Message);

    [Fact]
    public void A_record_within_its_limits_is_returned()
    {
        var car = new Car { Levels = [3, 1], Engine = new Engine { Threads = 2 } };
        Assert.Same(car, RecordCheck.Require(car));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var car = new Car
        {
            Name = "on: \"the\" #road\n",
            Colour = Colour.DarkRed,
            Share = 1.0 / 3,
            Sizes = [5, 6],
            Engine = new Engine { Threads = 2, LearningRate = 1e-300 },
        };
        var yaml = RecordWriter.Write(car);
        var back = Read(yaml);

        Assert.Equal(yaml, RecordWriter.Write(back));
        Assert.Equal(car with { Sizes = back.Sizes, Levels = back.Levels }, back);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("12")]
    [InlineData("")]
    [InlineData("a: b")]
    [InlineData("- a")]
    [InlineData("plain")]
    public void Any_text_survives_being_written(string text) => Assert.Equal(text, Read(RecordWriter.Write(new Car { Name = text })).Name);
}
