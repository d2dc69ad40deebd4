using System.CommandLine;
using System.CommandLine.Help;
using Avs.Core;
using Avs.Core.Configuration;

namespace Avs.Cli;

/// <summary>The program `avs`: finds the verb, runs it, and turns errors into one sentence and an exit code.</summary>
public static class AvsProgram
{
    private const string TraceVariable = "AVS_TRACE";
    private const int OtherError = 1;

    /// <summary>Runs one command line.</summary>
    /// <returns>0 when it went well, 1 when something failed, 2 for a wrong command line or configuration, 3 for wrong data.</returns>
    public static int Run(string[] args, Terminal terminal)
    {
        try
        {
            var parse = Root(terminal).Parse(args is ["--version"] ? ["version"] : args);
            if (parse.Errors.Count > 0 && parse.Action is not HelpWithExamples)
                throw new UsageException(Sentence(parse));
            return parse.Invoke(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (Exception thrown)
        {
            return Report(thrown, terminal);
        }
    }

    /// <summary>Writes the one sentence of an error.</summary>
    /// <param name="who">Which of several processes says it; null for a single one.</param>
    /// <returns>The program's exit code.</returns>
    internal static int Report(Exception thrown, Terminal terminal, string? who = null)
    {
        var e = Cause(thrown);
        var sentence = (MissingLibrary.Explain(e) ?? e.Message).ReplaceLineEndings(" ").Trim();
        terminal.Error.WriteLine($"error: {(who is null ? "" : who + ": ")}{sentence}");
        if (Environment.GetEnvironmentVariable(TraceVariable) == "1")
            terminal.Error.WriteLine(thrown);
        return e is AvsException mistake ? mistake.ExitCode : OtherError;
    }

    // Several threads' errors come as a list of the same error, and a missing library as a type that could not be initialised.
    private static Exception Cause(Exception thrown) => thrown switch
    {
        AggregateException { InnerExceptions: [var first, ..] } => Cause(first),
        TypeInitializationException { InnerException: { } reason } => Cause(reason),
        _ => thrown,
    };

    private static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Audio-visual segmentation: which pixels of a picture belong to the objects that make the sound.")
        {
            DemoCommand.Create(terminal),
            TrainCommand.Create(terminal),
            AblateCommand.Create(terminal),
            ConfigCommand.Create(terminal),
            EvalCommand.Create(terminal),
            CompareCommand.Create(terminal),
            ReportCommand.Create(terminal),
            GalleryCommand.Create(terminal),
            PredictCommand.Create(terminal),
            ServeCommand.Create(terminal),
            LatentCommand.Create(terminal),
            LvmCommand.Create(terminal),
            TourCommand.Create(terminal),
            DataCommand.Create(terminal),
            ModelsCommand.Create(terminal),
            WeightsCommand.Create(terminal),
            ParityCommand.Create(terminal),
            BenchCommand.Create(terminal),
            DoctorCommand.Create(terminal),
            VersionCommand.Create(terminal),
        };
        // The library's own would print the version of whatever program hosts it; `--version` is the verb's second spelling.
        if (root.Options.OfType<VersionOption>().FirstOrDefault() is { } version)
            root.Options.Remove(version);
        if (root.Options.OfType<HelpOption>().FirstOrDefault() is { } help)
            help.Action = new HelpWithExamples();
        return root;
    }

    private static string Sentence(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var words = new List<string>();
        for (var at = parse.CommandResult; at is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
            words.Insert(0, at.Command is RootCommand ? "avs" : at.Command.Name);
        var help = $"see '{string.Join(' ', words)} --help'";
        if (command.Subcommands.Count > 0)
        {
            var known = command.Subcommands.Select(verb => verb.Name).ToArray();
            if (parse.UnmatchedTokens.FirstOrDefault() is not { } typed)
                return $"a verb is missing, expected one of {string.Join(", ", known)}; {help}";
            var near = NearMiss.Of(typed, known) is { } name
                ? $" (did you mean '{name}'?)"
                : $", expected one of {string.Join(", ", known)}";
            return $"there is no verb '{typed}'{near}; {help}";
        }
        var options = command.Options.Select(option => option.Name);
        if (parse.UnmatchedTokens.FirstOrDefault() is { } token)
        {
            var near = NearMiss.Of(token, options) is { } name ? $" (did you mean '{name}'?)" : "";
            return $"'{token}' means nothing here{near}; {help}";
        }
        bool IsMissing(Argument argument) =>
            argument.Arity.MinimumNumberOfValues > 0 && parse.GetResult(argument) is not { Tokens.Count: > 0 };
        if (command.Arguments.FirstOrDefault(IsMissing) is { } missing)
            return $"{missing.Name} is missing; {help}";
        var message = string.Join(' ', parse.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return $"{char.ToLowerInvariant(message[0])}{message[1..]}; {help}";
    }
}
