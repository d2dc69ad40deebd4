using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Avs.Bindings.Tests.Torch;

/// <summary>Shapes, joints and picking by index against the numbers of PyTorch 1.13 (double precision).</summary>
public class ShapeTests
{
    private static readonly Dictionary<string, (Func<Inputs, Tensor> Compute, double[] Expected)> Cases = new()
    {
        ["reshape"] = (i => i.M.reshape(3, -1), [-1.0, -0.5, 0.0, 0.5, 1.0, 1.5]),
        ["permute"] = (i => i.M.permute(1, 0), [-1.0, 0.5, -0.5, 1.0, 0.0, 1.5]),
        ["transpose"] = (i => i.M.transpose(0, 1), [-1.0, 0.5, -0.5, 1.0, 0.0, 1.5]),
        ["T"] = (i => i.M.T, [-1.0, 0.5, -0.5, 1.0, 0.0, 1.5]),
        ["flatten"] = (i => i.M.flatten(), [-1.0, -0.5, 0.0, 0.5, 1.0, 1.5]),
        ["expand"] = (i => i.M[0].expand(2, 3), [-1.0, -0.5, 0.0, -1.0, -0.5, 0.0]),
        ["repeat"] = (i => i.M.repeat(1, 2), [-1.0, -0.5, 0.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 0.5, 1.0, 1.5]),
        ["tile"] = (i => i.X.tile(2), [-1.5, -0.2, 0.4, 2.0, -1.5, -0.2, 0.4, 2.0]),
        ["repeat_interleave"] = (i => i.X.repeat_interleave(2), [-1.5, -1.5, -0.2, -0.2, 0.4, 0.4, 2.0, 2.0]),
        ["cat"] = (i => torch.cat(new[] { i.M, i.M }, 1), [-1.0, -0.5, 0.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 0.5, 1.0, 1.5]),
        ["stack"] = (i => torch.stack(new[] { i.X, i.P }, 1), [-1.5, 0.25, -0.2, 0.5, 0.4, 1.5, 2.0, 3.0]),
        ["split"] = (i => i.X.split(3)[1], [2.0]),
        ["split by sizes"] = (i => i.X.split(new long[] { 1, 3 })[1], [-0.2, 0.4, 2.0]),
        ["chunk"] = (i => i.M.chunk(2, 1)[1], [0.0, 1.5]),
        ["narrow"] = (i => i.M.narrow(1, 1, 2), [-0.5, 0.0, 1.0, 1.5]),
        ["index_select"] = (i => i.M.index_select(1, torch.tensor(new long[] { 2, 0 })), [0.0, -1.0, 1.5, 0.5]),
        ["gather"] = (i => i.M.gather(1, torch.tensor(new long[,] { { 2 }, { 0 } })), [0.0, 0.5]),
        ["scatter"] = (i => torch.zeros(2, 3, torch.float64).scatter(1, torch.tensor(new long[,] { { 2 }, { 0 } }), i.M), [0.0, 0.0, -1.0, 0.5, 0.0, 0.0]),
        ["scatter_add"] = (i => i.M.scatter_add(1, torch.tensor(new long[,] { { 2, 2, 0 } }), i.M), [-1.0, -0.5, -1.5, 0.5, 1.0, 1.5]),
        ["masked_fill"] = (i => i.M.masked_fill(i.M < 0, 9), [9.0, 9.0, 0.0, 0.5, 1.0, 1.5]),
        ["masked_select"] = (i => i.M.masked_select(i.M > 0), [0.5, 1.0, 1.5]),
        ["roll"] = (i => i.M.roll(1, 1), [0.0, -1.0, -0.5, 1.5, 0.5, 1.0]),
        ["flip"] = (i => i.M.flip(0, 1), [1.5, 1.0, 0.5, 0.0, -0.5, -1.0]),
        ["rot90"] = (i => i.M.rot90(), [0.0, 1.5, -0.5, 1.0, -1.0, 0.5]),
        ["tril"] = (i => i.M.tril(), [-1.0, 0.0, 0.0, 0.5, 1.0, 0.0]),
        ["triu"] = (i => i.M.triu(1), [0.0, -0.5, 0.0, 0.0, 0.0, 1.5]),
        ["diag"] = (i => i.X.diag(), [-1.5, 0.0, 0.0, 0.0, 0.0, -0.2, 0.0, 0.0, 0.0, 0.0, 0.4, 0.0, 0.0, 0.0, 0.0, 2.0]),
        ["diagonal"] = (i => i.M.diagonal(), [-1.0, 1.0]),
        ["unfold"] = (i => i.X.unfold(0, 2, 1), [-1.5, -0.2, -0.2, 0.4, 0.4, 2.0]),
        ["unbind"] = (i => i.M.unbind(1)[2], [0.0, 1.5]),
        ["movedim"] = (i => i.M.movedim(new long[] { 0 }, new long[] { 1 }), [-1.0, 0.5, -0.5, 1.0, 0.0, 1.5]),
        ["unflatten"] = (i => i.X.unflatten(0, 2, 2), [-1.5, -0.2, 0.4, 2.0]),
        ["nonzero"] = (i => (i.M > 0).nonzero(), [1.0, 0.0, 1.0, 1.0, 1.0, 2.0]),
        ["index_add"] = (i => i.X.index_add(0, torch.tensor(new long[] { 0, 0 }), i.P[..2], 2), [0.0, -0.2, 0.4, 2.0]),
        ["meshgrid"] = (i => torch.meshgrid(new[] { i.X, i.P })[1], [0.25, 0.5, 1.5, 3.0, 0.25, 0.5, 1.5, 3.0, 0.25, 0.5, 1.5, 3.0, 0.25, 0.5, 1.5, 3.0]),
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
