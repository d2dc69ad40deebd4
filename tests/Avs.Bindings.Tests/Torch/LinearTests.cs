using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Avs.Bindings.Tests.Torch;

/// <summary>Matrix products, transforms and norms against the numbers of PyTorch 1.13 (double precision).</summary>
public class LinearTests
{
    private static readonly Dictionary<string, (Func<Inputs, Tensor> Compute, double[] Expected)> Cases = new()
    {
        ["matmul"] = (i => i.M.matmul(i.W), [-1.25, 0.5, 4.0, 3.5]),
        ["mm"] = (i => torch.mm(i.W, i.M), [-2.0, -2.5, -3.0, 1.0, 2.75, 4.5, -1.5, 0.0, 1.5]),
        ["bmm"] = (i => i.M.unsqueeze(0).bmm(i.W.unsqueeze(0)), [-1.25, 0.5, 4.0, 3.5]),
        ["mv"] = (i => i.M.mv(i.W[.., 0]), [-1.25, 4.0]),
        ["dot"] = (i => i.X.dot(i.P), [6.125]),
        ["outer"] = (i => i.X.outer(i.P), [-0.375, -0.75, -2.25, -4.5, -0.05, -0.1, -0.30000000000000004, -0.6000000000000001, 0.1, 0.2, 0.6000000000000001, 1.2000000000000002, 0.5, 1.0, 3.0, 6.0]),
        ["addmm"] = (i => torch.addmm(torch.eye(2, dtype: torch.float64), i.M, i.W, 0.5f, 2), [-2.0, 1.0, 8.0, 7.5]),
        ["baddbmm"] = (i => torch.ones(1, 2, 2, torch.float64).baddbmm(i.M.unsqueeze(0), i.W.unsqueeze(0)), [-0.25, 1.5, 5.0, 4.5]),
        ["einsum"] = (i => torch.einsum("ij,jk->ki", i.M, i.W), [-1.25, 4.0, 0.5, 3.5]),
        ["kron"] = (i => i.M.kron(i.W), [-1.0, 2.0, -0.5, 1.0, 0.0, -0.0, -0.5, -3.0, -0.25, -1.5, 0.0, 0.0, -2.0, -1.0, -1.0, -0.5, 0.0, 0.0, 0.5, -1.0, 1.0, -2.0, 1.5, -3.0, 0.25, 1.5, 0.5, 3.0, 0.75, 4.5, 1.0, 0.5, 2.0, 1.0, 3.0, 1.5]),
        ["inverse"] = (i => i.M.matmul(i.W).inverse(), [-0.5490196078431373, 0.07843137254901962, 0.627450980392157, 0.19607843137254904]),
        ["det"] = (i => i.M.matmul(i.W).det(), [-6.375]),
        ["rfft"] = (i => torch.fft.rfft(i.X).real, [0.7, -1.9, -2.9000000000000004]),
        ["rfft imaginary"] = (i => torch.fft.rfft(i.X, 6).imag, [0.0, -0.17320508075688779, 0.5196152422706631, 0.0]),
        ["irfft"] = (i => torch.fft.irfft(torch.fft.rfft(i.X)), [-1.5, -0.19999999999999996, 0.3999999999999999, 2.0]),
        ["hann_window"] = (i => torch.hann_window(5, dtype: torch.float64), [0.0, 0.3454915028125263, 0.9045084971874737, 0.9045084971874737, 0.3454915028125264]),
        ["vector_norm"] = (i => torch.linalg.vector_norm(i.M, 3), [1.7784466522450313]),
        ["cdist"] = (i => torch.cdist(i.M, i.M), [0.0, 2.598076211353316, 2.598076211353316, 0.0]),
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
