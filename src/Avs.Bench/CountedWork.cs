using System.Text.Json;
using Avs.Core.Libtorch;

namespace Avs.Bench;

/// <summary>
/// Counts the floating-point operations of running code: those of convolutions, matrix products and attention, a multiply-add as two.
/// Everything else is small beside them and is left out. They are counted from the shapes that libtorch's operators are given, so all code
/// counts, in modules or not: forward, the losses, the gradients of inputs and of weights as far as they are computed (none of the first
/// layer's input, none of frozen weights), and recomputed activations.
/// </summary>
public static class CountedWork
{
    private const string Attention = "aten::_scaled_dot_product_", OfBackward = "_backward";

    /// <param name="body">The code to run; other threads' work meanwhile is counted too.</param>
    /// <returns>The number of operations; null where libtorch does not report its operators.</returns>
    public static double? CountFlop(Action body)
    {
        // All operators are traced, since one with arithmetic may call another through one without: only the outermost counts.
        if (OperatorTrace.Run(body, _ => true) is not { } ran)
            return null;
        var callers = ran.ToDictionary(one => one.Id);
        bool IsInside(TracedOperator one)
        {
            while (callers.TryGetValue(one.Caller, out var caller) && caller.Id != one.Id)
            {
                if (Flop(caller) > 0)
                    return true;
                one = caller;
            }
            return false;
        }
        return ran.Sum(one => Flop(one) is > 0 and var flop && !IsInside(one) ? flop : 0);
    }

    private static double Flop(TracedOperator ran)
    {
        var (x, y) = (ran.Inputs, ran.Results);
        return ran.Name switch
        {
            "aten::mm" or "aten::bmm" => Product(x[0], x[1]),
            "aten::addmm" or "aten::baddbmm" => Product(x[1], x[2]),
            "aten::convolution" => Convolution(ran.Values[6] == "true" ? x[0] : y[0], x[1]), // input, weight, …, transposed
            "aten::convolution_backward" => // gradient, input, weight, …, transposed, …, which are wanted
                Convolution(ran.Values[7] == "true" ? x[1] : x[0], x[2]) * Wanted(ran.Values[10]).Take(2).Count(wanted => wanted),
            _ when !ran.Name.StartsWith(Attention, StringComparison.Ordinal) || ran.Name.Contains("_math") => 0, // _math calls products
            // Two products for each of the two of forward; computing the scores again is part of the algorithm and not counted.
            _ when ran.Name.EndsWith(OfBackward, StringComparison.Ordinal) => 2 * Scores(x[1], x[2], x[3]), // gradient, query, key, value
            _ => Scores(x[0], x[1], x[2]),
        };
    }

    // [b,] n x k times k x m.
    private static double Product(long[] left, long[] right) => 2 * Size(left) * right[^1];

    // Every weight of an output channel at every place of the result; a transposed one is the same seen from its input. What falls on
    // padding counts, and the count is that of a direct convolution, however it is computed.
    private static double Convolution(long[] map, long[] weight) => 2 * Size(map) * (Size(weight) / weight[0]);

    // Q Kᵀ and its product with V: 2 L S (d + e) a head.
    private static double Scores(long[] query, long[] key, long[] value) => 2 * Size(query) / query[^1] * key[^2] * (query[^1] + value[^1]);

    private static double Size(long[] shape) => shape.Aggregate(1.0, (product, side) => product * side);

    private static bool[] Wanted(string list) => JsonSerializer.Deserialize<bool[]>(list)!;
}
