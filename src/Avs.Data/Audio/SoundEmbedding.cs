namespace Avs.Data.Audio;

/// <summary>A frozen audio network, as a cache sees it: something that turns log-mel examples into vectors and never changes.</summary>
/// <param name="KeyOf">Names the network and its weights: another name makes the vectors out of date. Asked only when there is a cache to compare.</param>
/// <param name="Size">D, the length of a vector.</param>
/// <param name="Compute">
/// Turns n examples, `[n, 1, 96, 64]` flattened, into `[n, D]` flattened. Called from one thread at a time.
/// </param>
public sealed record SoundEmbedding(Func<string> KeyOf, int Size, Func<float[], float[]> Compute)
{
    /// <summary>The network and its weights.</summary>
    public string Key => KeyOf();
}

/// <summary>How a cache is made.</summary>
public sealed record CacheBuild
{
    /// <summary>What computes the sound embeddings; null for a cache without, and for one where any will do.</summary>
    public SoundEmbedding? Embedding { get; init; }

    /// <summary>Threads that decode clips; the file does not depend on it.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>How many clips may turn out unreadable; the cache then says so when they are asked for.</summary>
    public int MaxBadClips { get; init; }

    /// <summary>Told in a few words what is being done, when something is.</summary>
    public Action<string>? Says { get; init; }

    /// <summary>Told the clips done and the clips in all.</summary>
    public Action<int, int>? Progress { get; init; }

    /// <summary>Stops making the cache; nothing of it stays.</summary>
    public CancellationToken Stop { get; init; }
}
