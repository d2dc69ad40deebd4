using System.Globalization;

namespace Avs.Core;

/// <summary>Times as people read them.</summary>
public static class TimeText
{
    /// <summary>`0:05:07`; after a day the hours go on, `30:00:00`, where TimeSpan's own `h` begins again at 0.</summary>
    public static string Create(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss}");
}
