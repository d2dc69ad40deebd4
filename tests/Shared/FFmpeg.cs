using System.Diagnostics;

namespace Avs.Tests;

/// <summary>ffmpeg, for tests that need a video made; linked into the projects that do.</summary>
internal static class FFmpeg
{
    /// <summary>Runs it and fails the test with its words where it fails.</summary>
    public static void Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-nostdin", "-v", "error", "-y", .. arguments]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
