namespace Avs.Core;

/// <summary>Command lines that a user can copy into a shell.</summary>
public static class ShellCommand
{
    // Set by the launcher, which knows how it was called.
    private const string ProgramVariable = "AVS_COMMAND";

    /// <summary>This program as its user calls it: `./avs`.</summary>
    public static string Program => Environment.GetEnvironmentVariable(ProgramVariable) is { Length: > 0 } called ? called : "avs";

    /// <summary>A line that calls this program.</summary>
    public static string ForProgram(params IEnumerable<string> arguments) => Join([Program, .. arguments]);

    /// <summary>Words as a line that a shell reads back as the same words.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>A word as a shell reads it back.</summary>
    public static string Quote(string text) =>
        text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or '/' or '=' or ':')
            ? text : $"'{text.Replace("'", "'\\''")}'";
}
