namespace Avs.Cli.Tests;

/// <summary>What a command line printed and how it ended.</summary>
internal sealed record Typed(int Code, string Out, string Error)
{
    /// <summary>Runs the program in this process.</summary>
    public static Typed Line(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = AvsProgram.Run(args, Terminal.Plain(output, error));
        return new Typed(code, output.ToString(), error.ToString());
    }

    /// <summary>The one line of the error, without its `error: `.</summary>
    public string Sentence
    {
        get
        {
            var line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith("error: ", line);
            return line["error: ".Length..];
        }
    }
}
