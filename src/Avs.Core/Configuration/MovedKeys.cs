namespace Avs.Core.Configuration;

/// <summary>
/// Keys that once stood elsewhere: what still names them (old files, saved runs, habits) is read as if it named them by their new names.
/// </summary>
/// <param name="table">The former dotted names, and those of today.</param>
public sealed class MovedKeys(params IReadOnlyList<(string From, string To)> table)
{
    /// <summary>One piece of a configuration, before it is merged with others, with the names of today.</summary>
    /// <param name="piece">A file, or an override.</param>
    /// <param name="moved">Gets each key that was moved.</param>
    /// <exception cref="UsageException">The piece has a key under both names.</exception>
    public ConfigMap Apply(ConfigMap piece, ICollection<MovedKey> moved)
    {
        foreach (var (from, to) in table)
        {
            if (piece.At(from) is not { } value)
                continue;
            if (piece.At(to) is { } other)
                throw new UsageException($"{value.Place}: {from}: this key is now {to}, which is given too ({other.Place})");
            moved.Add(new MovedKey(from, to, value.Place));
            piece = piece.WithoutAt(from).MergedWith(ConfigMap.From(to, value));
        }
        return piece;
    }
}

/// <summary>A key that was named by a former name.</summary>
/// <param name="From">The former dotted name.</param>
/// <param name="To">The name of today.</param>
/// <param name="Place">Where the former was written.</param>
public sealed record MovedKey(string From, string To, Place Place)
{
    /// <summary>One sentence about several.</summary>
    public static string Note(IEnumerable<MovedKey> moved)
    {
        var keys = moved.GroupBy(key => (key.From, key.To)).Select(
            group => $"{group.Key.From} is now {group.Key.To} ({string.Join(", ", group.Select(key => key.Place))})");
        return $"note: {string.Join("; ", keys)}; former names are understood, but write the new ones in new files";
    }
}
