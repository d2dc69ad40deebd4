using System.Diagnostics;

namespace Avs.Tests;

/// <summary>ffmpeg, for tests that need a video made.</summary>
internal static class FFmpeg
{
    /// <summary>Runs it; where it fails the test fails with its message.</summary>
    public static void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-nostdin", "-v", "error", "-y", .. arguments]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
