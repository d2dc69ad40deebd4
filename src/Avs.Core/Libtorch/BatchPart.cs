using static TorchSharp.torch;

namespace Avs.Core.Libtorch;

/// <summary>Which of several equal parts of a batch somebody computes: rows [i N/C, (i+1) N/C) of N.</summary>
/// <param name="Index">i.</param>
/// <param name="Count">C.</param>
/// <param name="MostRows">The most rows that a part may have, where parts have different numbers of them: clips of different lengths. Null
/// where all have as many.</param>
public readonly record struct BatchPart(int Index, int Count, int? MostRows = null)
{
    /// <summary>All of it.</summary>
    public static readonly BatchPart Whole = new(0, 1);

    /// <summary>
    /// What is drawn at random for this part: its rows of what is drawn for the whole batch. So the numbers, and the generator's state
    /// afterwards, do not depend on how many share the batch; with parts of different sizes only the state does not.
    /// </summary>
    /// <param name="shape">Of the part, rows first.</param>
    /// <param name="draw">Draws numbers of a shape.</param>
    public Tensor Draw(long[] shape, Func<long[], Tensor> draw)
    {
        if (Count == 1)
            return draw(shape);
        using var scope = NewDisposeScope();
        var rows = MostRows ?? shape[0];
        return draw([rows * Count, .. shape.Skip(1)]).narrow(0, rows * Index, shape[0]).MoveToOuterDisposeScope();
    }
}
