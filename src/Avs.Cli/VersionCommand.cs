using System.CommandLine;
using System.Reflection;

namespace Avs.Cli;

/// <summary>`avs version`</summary>
internal static class VersionCommand
{
    public static Command Create(Terminal terminal)
    {
        var verb = new Verb("version", "Print the program's version.");
        verb.SetAction(_ => terminal.Out.WriteLine($"avs {Version}"));
        return verb;
    }

    public static string Version =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
