using System.Diagnostics;
using System.Globalization;

namespace Avs.Bench;

/// <summary>The most memory that this process has held, the .NET runtime and everything else included.</summary>
internal static class PeakMemory
{
    private const string ClearReferences = "/proc/self/clear_refs", Status = "/proc/self/status", Peak = "VmHWM:";

    /// <summary>Forgets the peak so far, where the system can.</summary>
    public static void Reset()
    {
        try
        {
            File.WriteAllText(ClearReferences, "5"); // proc(5): resets the peak resident set size
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then the peak is that of the whole process, which is the larger number.
        }
    }

    /// <summary>The peak since <see cref="Reset"/>, in gigabytes (10^9 bytes).</summary>
    public static double Gigabytes()
    {
        var lines = File.Exists(Status) ? File.ReadLines(Status) : [];
        if (lines.FirstOrDefault(line => line.StartsWith(Peak, StringComparison.Ordinal)) is { } peak)
        {
            var kilobytes = peak.AsSpan(Peak.Length, peak.Length - Peak.Length - "kB".Length).Trim();
            return double.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024 / 1e9;
        }
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e9;
    }
}
