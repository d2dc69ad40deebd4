using System.Text.RegularExpressions;

namespace Avs.Core;

/// <summary>Explains in one sentence why a native library does not load; .NET lists every name that it tried.</summary>
public static partial class MissingLibrary
{
    /// <summary>The sentence for what `.NET` threw, if a native library was the reason.</summary>
    public static string? Explain(Exception thrown) => thrown switch
    {
        DllNotFoundException => Sentence(thrown.Message),
        TypeInitializationException { InnerException: { } reason } => Explain(reason),
        _ => null,
    };

    private static string Sentence(string message)
    {
        var name = QuotedName().Match(message).Groups[1].Value;
        var (what, needs) = name.Contains("OpenCv", StringComparison.OrdinalIgnoreCase)
            ? ($"OpenCV's native library ({name}), which reads and writes pictures,",
                "; on Debian, as root: apt-get install libgtk-3-0 libdrm2 libatomic1")
            : ($"the native library {name}", "");
        // The dynamic linker's message about the existing file, or about one that it needs; the other lines are names that do not exist.
        var reason = message.Split('\n').Skip(1).Select(line => line.Trim())
            .FirstOrDefault(line => line.Length > 0
                && !(line.EndsWith("No such file or directory", StringComparison.Ordinal) && FileName(line).Contains(name)));
        return reason is null ? $"{what} is not beside the program" : $"{what} does not load: {reason}{needs}";
    }

    private static string FileName(string line) => Path.GetFileName(line.Split(": ")[0]);

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex QuotedName();
}
