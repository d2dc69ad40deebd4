namespace Avs.Data.Batches;

/// <summary>
/// The next batch of a loader. With the loader's options it is all there is to save, because every order and
/// every random change depends only on the seed, the epoch and the batch's number.
/// </summary>
/// <param name="Epoch">The epoch, from zero.</param>
/// <param name="Batch">The batch in it, from zero.</param>
public readonly record struct LoaderPosition(int Epoch, int Batch);
