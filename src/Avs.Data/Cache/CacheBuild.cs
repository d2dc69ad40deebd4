namespace Avs.Data.Cache;

/// <summary>A frozen audio network whose outputs a cache may keep.</summary>
/// <param name="ComputeKey">Names the network and its weights: another name makes cached vectors out of date. Called only when there is a
/// cache to compare.</param>
/// <param name="Size">D, the length of a vector.</param>
/// <param name="Compute">
/// Turns n examples, `[n, 1, 96, 64]` flattened, into `[n, D]` flattened. Called from one thread at a time.
/// </param>
public sealed record SoundEmbedding(Func<string> ComputeKey, int Size, Func<float[], float[]> Compute)
{
    /// <summary>The network and its weights.</summary>
    public string Key => ComputeKey();
}

/// <summary>How to build a cache.</summary>
public sealed record CacheBuild
{
    /// <summary>Computes the audio embeddings; null: none are computed, and those in an existing cache stay.</summary>
    public SoundEmbedding? Embedding { get; init; }

    /// <summary>Threads that decode clips; the file does not depend on it.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>How many clips may be unreadable; loading one from the cache then throws.</summary>
    public int MaxBadClips { get; init; }

    /// <summary>Gets a few words about each step.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Called with the clips done and the clips in all.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Stops making the cache; nothing of it stays.</summary>
    public CancellationToken Stop { get; init; }
}
