namespace Avs.Cli;

/// <summary>
/// A published folder brings its own libraries along; its start script names them in LD_LIBRARY_PATH, which the system reads once, when the program starts.
/// The programs that this one starts (ffmpeg, python3) belong to the machine, and so do their libraries.
/// </summary>
internal static class ChildLibraries
{
    private const string LibraryPath = "LD_LIBRARY_PATH", CallersPath = "AVS_CALLERS_LIBRARY_PATH";

    /// <summary>Gives what this process starts the library path that the start script was called with, if there is a start script.</summary>
    public static void AreTheCallers()
    {
        if (Environment.GetEnvironmentVariable(CallersPath) is not { } callers)
            return;
        Environment.SetEnvironmentVariable(LibraryPath, callers.Length > 0 ? callers : null);
        Environment.SetEnvironmentVariable(CallersPath, null);
    }
}
