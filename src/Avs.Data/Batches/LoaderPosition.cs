using Avs.Data.Clips;

namespace Avs.Data.Batches;

/// <summary>
/// How far a loader has come: the next batch to hand over. With the loader's options it is all there is to save, because every order and
/// every random change follows from the seed, the epoch and the batch's number.
/// </summary>
/// <param name="Epoch">The epoch, from zero.</param>
/// <param name="Batch">The batch in it, from zero.</param>
public readonly record struct LoaderPosition(int Epoch, int Batch)
{
    /// <summary>Before the first batch.</summary>
    public static readonly LoaderPosition Start = new(0, 0);
}

/// <summary>A clip that could not be read and was set aside.</summary>
/// <param name="Clip">Its row of the table.</param>
/// <param name="Reason">Why, in one sentence that names the file.</param>
public sealed record BadClip(ClipInfo Clip, string Reason);
