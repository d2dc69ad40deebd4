using System.Net;

namespace Avs.Serve;

/// <summary>Where a server listens, where it works, and what it allows.</summary>
public sealed record ServeOptions
{
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>0: a free one.</summary>
    public int Port { get; init; }

    /// <summary>A folder that is missing or empty, for uploads and results; null: one of the cache's, removed at the end.</summary>
    public string? WorkFolder { get; init; }

    /// <summary>Of an uploaded file.</summary>
    public long MostBytes { get; init; } = 100_000_000;

    /// <summary>Of a video.</summary>
    public int LongestSeconds { get; init; } = 60;

    /// <summary>Of each picture of a video.</summary>
    public int MostPixels { get; init; } = 4096 * 4096;

    /// <summary>For an upload, and then for the work on it.</summary>
    public TimeSpan LongestJob { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Jobs that wait at a time, uploads under way among them.</summary>
    public int QueueLength { get; init; } = 16;

    /// <summary>Results that stay; the oldest go.</summary>
    public int KeptJobs { get; init; } = 40;
}
