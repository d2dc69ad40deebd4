using System.CommandLine;

namespace Avs.Cli;

/// <summary>`avs data`</summary>
internal static class DataCommand
{
    public static Command Create(Terminal terminal) => new Verb("data", "Compose, prepare, check and cache data sets.")
    {
        DataComposeCommand.Create(terminal),
        DataPrepareCommand.Create(terminal),
        DataCheckCommand.Create(terminal),
        DataCacheCommand.Create(terminal),
        DataExportCommand.Create(terminal),
        DataImagesCommand.Create(terminal),
    };
}
