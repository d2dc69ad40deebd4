using Spectre.Console;

namespace Avs.Cli;

/// <summary>Where a verb writes to. Tests give one that keeps what was written.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress and errors.</param>
/// <param name="Screen">Results as tables, on <paramref name="Out"/>.</param>
/// <param name="Live">Whether a person watches, so that a line may be redrawn.</param>
public sealed record Terminal(TextWriter Out, TextWriter Error, IAnsiConsole Screen, bool Live)
{
    private const int PlainWidth = 140;

    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess()
    {
        Console.SetOut(new UnfailingWriter(Console.Out, isDispensable: false));
        Console.SetError(new UnfailingWriter(Console.Error, isDispensable: true));
        var live = !Console.IsOutputRedirected && !Console.IsErrorRedirected;
        return live ? new Terminal(Console.Out, Console.Error, AnsiConsole.Console, true) : Plain(Console.Out, Console.Error);
    }

    /// <summary>Text without colours or redrawing, for files, pipes and tests.</summary>
    /// <param name="output">Takes results.</param>
    /// <param name="error">Takes progress and errors.</param>
    public static Terminal Plain(TextWriter output, TextWriter error)
    {
        var screen = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        screen.Profile.Width = PlainWidth;
        return new Terminal(output, error, screen, false);
    }

    /// <summary>A writer that goes on when the terminal's window is closed: what is written then is lost, but the work continues.</summary>
    /// <param name="writer">The terminal, or the file or pipe in its place.</param>
    /// <param name="isDispensable">Whether no result is written to it, so that errors of writing, such as a full disk, are ignored.</param>
    private sealed class UnfailingWriter(TextWriter writer, bool isDispensable) : TextWriter
    {
        private const int InputOutputError = 5; // EIO, of a terminal that is no more

        public override System.Text.Encoding Encoding => writer.Encoding;

        public override void Write(char value) => Try(() => writer.Write(value));

        public override void Write(string? value) => Try(() => writer.Write(value));

        public override void Write(char[] buffer, int index, int count) => Try(() => writer.Write(buffer, index, count));

        public override void WriteLine(string? value) => Try(() => writer.WriteLine(value));

        public override void Flush() => Try(writer.Flush);

        private void Try(Action write)
        {
            try
            {
                write();
            }
            catch (IOException e) when (isDispensable || e.HResult == InputOutputError)
            {
            }
        }
    }
}
