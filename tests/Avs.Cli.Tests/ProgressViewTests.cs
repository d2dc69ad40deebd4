using Spectre.Console;

namespace Avs.Cli.Tests;

public sealed class ProgressViewTests
{
    private readonly StringWriter output = new(), error = new();

    [Fact]
    public void In_a_file_the_end_of_a_count_has_a_line_and_a_sentence_its_own()
    {
        var answer = ProgressView.Run(Terminal.Plain(output, error), view =>
        {
            var clips = view.Count("clips");
            clips(1, 3); // within the first seconds: no line
            view.Write("a sentence");
            clips(3, 3);
            return 7;
        });

        Assert.Equal(7, answer);
        Assert.Empty(output.ToString());
        Assert.Matches(@"^a sentence\n3/3 clips  \d+\.\d clips/s  0:00:00 left\n$", error.ToString());
    }

    [Fact]
    public void In_a_file_a_training_shows_its_first_and_last_step()
    {
        ProgressView.Run(Terminal.Plain(output, error), view =>
        {
            var show = view.Begin(showFirst: true);
            for (var step = 1; step <= 3; step++)
                show(step, 3, () => $"step {step}");
        });

        Assert.Equal("step 1\nstep 3\n", error.ToString());
    }

    [Fact]
    public void Where_a_person_watches_a_bar_moves_and_sentences_stay()
    {
        var screen = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        });
        screen.Profile.Width = 100;
        ProgressView.Run(new Terminal(output, error, screen, Live: true), view =>
        {
            var clips = view.Count("clips [all]");
            clips(1, 4);
            view.Write("a sentence with [brackets]");
            Thread.Sleep(300); // the screen is redrawn ten times a second
            clips(4, 4);
        });

        Assert.Contains("a sentence with [brackets]", output.ToString());
        Assert.Contains("1/4 clips [all]", output.ToString());
        Assert.Contains("25%", output.ToString());
        Assert.Empty(error.ToString());
    }

    [Fact]
    public void An_error_comes_out_as_it_is()
    {
        var screen = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Out = new AnsiConsoleOutput(output) });
        foreach (var terminal in (Terminal[])[Terminal.Plain(output, error), new Terminal(output, error, screen, Live: true)])
            Assert.Throws<InvalidDataException>(() => ProgressView.Run(terminal, _ => throw new InvalidDataException()));
    }
}
