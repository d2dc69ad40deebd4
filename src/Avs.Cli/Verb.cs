using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Avs.Cli;

/// <summary>A verb of the program: a command that also shows examples in its help.</summary>
/// <param name="purpose">One sentence.</param>
/// <param name="examples">Lines to type, shown under the help.</param>
internal sealed class Verb(string name, string purpose, params string[] examples) : Command(name, purpose)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}

/// <summary>The library's help, then the verb's examples.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction help = new() { MaxWidth = 120 };

    /// <inheritdoc/>
    public override int Invoke(ParseResult parse)
    {
        var code = help.Invoke(parse);
        if (parse.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
        {
            var output = parse.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in verb.Examples)
                output.WriteLine($"  {example}");
            output.WriteLine();
        }
        return code;
    }
}
