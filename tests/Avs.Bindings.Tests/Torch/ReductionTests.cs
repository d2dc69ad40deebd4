using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Avs.Bindings.Tests.Torch;

/// <summary>Sums, extremes, orders and counts against the numbers of PyTorch 1.13 (double precision).</summary>
public class ReductionTests
{
    private static readonly Dictionary<string, (Func<Inputs, Tensor> Compute, double[] Expected)> Cases = new()
    {
        ["sum"] = (i => i.M.sum(), [1.5]),
        ["sum of a dimension"] = (i => i.M.sum(1), [-1.5, 3.0]),
        ["sum kept"] = (i => i.M.sum(new long[] { 0 }, true), [-0.5, 0.5, 1.5]),
        ["mean"] = (i => i.M.mean(), [0.25]),
        ["mean of dimensions"] = (i => i.M.mean(new long[] { 0, 1 }), [0.25]),
        ["std"] = (i => i.M.std(), [0.9354143466934853]),
        ["biased var"] = (i => i.M.var(1, false), [0.16666666666666666, 0.16666666666666666]),
        ["amax"] = (i => i.M.amax(0), [0.5, 1.0, 1.5]),
        ["amin"] = (i => i.M.amin(1), [-1.0, 0.5]),
        ["argmax"] = (i => i.X.argmax(), [3.0]),
        ["argmin"] = (i => i.M.argmin(1), [0.0, 0.0]),
        ["any"] = (i => (i.M > 0).any(1), [0.0, 1.0]),
        ["all"] = (i => (i.M > -2).all(), [1.0]),
        ["prod"] = (i => i.P.prod(), [0.5625]),
        ["norm"] = (i => i.M.norm(), [2.179449471770337]),
        ["1-norm of rows"] = (i => i.M.norm(1, false, 1), [1.5, 3.0]),
        ["logsumexp"] = (i => i.M.logsumexp(1), [0.6802696706417346, 2.1802696706417346]),
        ["cumsum"] = (i => i.M.cumsum(1), [-1.0, -1.5, -1.5, 0.5, 1.5, 3.0]),
        ["cumprod"] = (i => i.P.cumprod(0), [0.25, 0.125, 0.1875, 0.5625]),
        ["max values"] = (i => i.M.max(1).values, [0.0, 1.5]),
        ["max indexes"] = (i => i.M.max(1).indexes, [2.0, 2.0]),
        ["min"] = (i => i.M.min(), [-1.0]),
        ["topk"] = (i => i.X.topk(2).values, [2.0, 0.4]),
        ["topk places"] = (i => i.X.topk(2).indexes, [3.0, 2.0]),
        ["sort"] = (i => i.X.sort(0, true).Values, [2.0, 0.4, -0.2, -1.5]),
        ["argsort"] = (i => i.X.argsort(), [0.0, 1.0, 2.0, 3.0]),
        ["kthvalue"] = (i => i.X.kthvalue(2, 0).values, [-0.2]),
        ["median"] = (i => i.X.median(), [-0.2]),
        ["quantile"] = (i => i.X.quantile(torch.tensor(0.3)), [-0.3300000000000001]),
        ["count_nonzero"] = (i => (i.X > 0).count_nonzero(), [2.0]),
        ["histc"] = (i => i.X.histc(4, -2, 2), [1.0, 1.0, 1.0, 1.0]),
        ["bincount"] = (i => torch.tensor(new long[] { 1, 3, 1 }).bincount(), [0.0, 2.0, 0.0, 1.0]),
        ["bucketize"] = (i => i.X.bucketize(torch.tensor(new[] { -1.0, 0, 1 })), [0.0, 1.0, 2.0, 3.0]),
        ["unique"] = (i => torch.tensor(new[] { 3.0, 1, 3 }).unique().output, [1.0, 3.0]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Numbers_are_those_of_PyTorch(string name)
    {
        using var scope = torch.NewDisposeScope();
        Numbers.Same(Cases[name].Expected, Cases[name].Compute(new Inputs()));
    }
}
