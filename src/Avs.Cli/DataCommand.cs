using System.CommandLine;

namespace Avs.Cli;

/// <summary>`avs data`</summary>
internal static class DataCommand
{
    public static Command Create(Terminal terminal) => new Verb("data", "Compose and check data sets.")
    {
        DataComposeCommand.Create(terminal),
        DataCheckCommand.Create(terminal),
    };
}
