namespace Avs.Models.Memory;

/// <summary>
/// While one that turns it off lives, forward passes of this thread keep every activation for backward: nothing is computed again there
/// (see <see cref="Checkpoint"/>). Results are the same but for rounding.
/// </summary>
public sealed class Recomputation : IDisposable
{
    [ThreadStatic]
    private static bool isOff;

    private readonly bool before;

    /// <param name="enabled">Whether activations may be computed again.</param>
    public Recomputation(bool enabled)
    {
        before = isOff;
        isOff = !enabled;
    }

    internal static bool IsOn => !isOff;

    /// <summary>Restores what was before, on this thread.</summary>
    public void Dispose() => isOff = before;
}
