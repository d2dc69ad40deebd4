using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Avs.Cli;

/// <summary>A time on the command line: `90s`, `20m`, `2h`, `1h30m`.</summary>
internal static partial class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1000); // a timer takes no more than 49 days

    public static Option<TimeSpan?> Option(string name, string what) => new(name)
    {
        Description = what,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Parse(text) is { } time)
                return time;
            result.AddError($"{name}: found '{text}', expected a time such as 90s, 20m, 2h or 1h30m, above 0 and at most 1000h");
            return null;
        },
    };

    /// <summary>The time that a text says; null where it says none, or one that is 0 or above 1000 hours.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (Pattern().Match(text) is not { Success: true } match)
            return null;
        int Number(int group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;
        var time = TimeSpan.FromSeconds(3600L * Number(1) + 60L * Number(2) + Number(3));
        return time > TimeSpan.Zero && time <= Longest ? time : null;
    }

    [GeneratedRegex(@"^(?:([0-9]{1,8})h)?(?:([0-9]{1,8})m)?(?:([0-9]{1,8})s)?$")]
    private static partial Regex Pattern();
}
