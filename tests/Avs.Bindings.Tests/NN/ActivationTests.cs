using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.NN;

/// <summary>Non-linearities give the numbers of PyTorch 1.13.</summary>
public sealed class ActivationTests
{
    [Fact]
    public void Relu()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.ReLU().call(x), 288, [0.0, 0.3616154, 0.6742879, 0.8956987], 91.896613, 72.118886);
    }

    [Fact]
    public void Leaky_relu()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.LeakyReLU(0.2).call(x), 288, [0.0, 0.3616154, 0.6742879, 0.8956987], 73.559598, 75.005415);
    }

    [Fact]
    public void Elu()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.ELU().call(x), 288, [0.0, 0.3616154, 0.6742879, 0.8956987], 27.987558, 105.39529);
    }

    [Fact]
    public void Gelu()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.GELU().call(x), 288, [0.0, 0.2318607, 0.5056728, 0.7298092], 51.281842, 49.355947);
    }

    [Fact]
    public void Gelu_by_tanh()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.GELU(TorchSharp.Modules.GELU.Approximate.tanh).call(x), 288, [0.0, 0.2318556, 0.5056238, 0.7296932], 51.262666, 49.34521);
    }

    [Fact]
    public void Silu()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.SiLU().call(x), 288, [0.0, 0.2131475, 0.4466906, 0.6360041], 34.093707, 42.004967);
    }

    [Fact]
    public void Softplus()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.Softplus(2).call(x), 288, [0.3465736, 0.5593842, 0.7896889, 0.9727999], 132.27452, 98.49028);
    }

    [Fact]
    public void Softmax()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.Softmax(1).call(x), 288, [0.127267, 0.1767113, 0.2451943, 0.3265178], 72.0, 22.271085);
    }

    [Fact]
    public void Log_softmax()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.LogSoftmax(1).call(x), 288, [-2.061468, -1.733238, -1.405704, -1.119271], -435.52976, 735.30625);
    }

    [Fact]
    public void In_place_relu_changes_its_input_and_leaves_it_alive()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        using (var y = F.relu(x, true))
            Assert.Equal(0, y.min().item<float>());
        Assert.Equal(0, x.min().item<float>());
    }
}
