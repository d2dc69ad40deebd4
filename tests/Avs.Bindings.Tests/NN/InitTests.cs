using Avs.Bindings.Tests.Torch;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.NN;

/// <summary>First values are those of PyTorch 1.13 after the same seed.</summary>
[Collection(Alone.Name)]
public sealed class InitTests
{
    [Fact]
    public void Layers_and_functions_draw_PyTorchs_numbers()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        Golden.Matches(nn.Linear(3, 2).weight, 6, [0.04032508, -0.3477921, 0.1838418, 0.1811613], -0.33757593, 0.29191226);
        var convolution = nn.Conv2d(3, 4, 3, padding: 1);
        Golden.Matches(convolution.weight, 108, [-0.05183984, 0.1352033, 0.1366177, 0.01960497], 0.27861258, 1.1884387);
        Golden.Matches(convolution.bias!, 4, [-0.1029715, -0.09045024, -0.1088967, 0.03412603], -0.26819241, 0.031807454);
        Golden.Matches(nn.Embedding(3, 2).weight, 6, [0.4155602, -1.303113, 0.4349993, -1.149807], -3.3291378, 4.8776398);
        var table = empty(4, 5);
        Golden.Matches(nn.init.trunc_normal_(table, std: 0.02), 20, [-0.03688396, 0.01469614, 0.02986973, 0.008441351], -0.046073471, 0.0085996599);
        Golden.Matches(nn.init.xavier_uniform_(table), 20, [-0.7507101, 0.3391734, 0.7272553, -0.01238857], -1.7346034, 5.0571057);
        Golden.Matches(nn.init.xavier_normal_(table), 20, [0.9399389, -0.3394598, -0.2853029, -0.2940969], -0.76012673, 4.6330103);
        Golden.Matches(nn.init.kaiming_normal_(table, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU), 20, [0.4315308, -0.6405185, -0.6227706, -0.6085889], 4.0115445, 13.286597);
        Golden.Matches(nn.init.orthogonal_(table), 20, [-0.2380638, 0.7615185, 0.2860494, 0.02420459], 2.9321389, 3.9999999);
    }

    [Fact]
    public void A_generator_gives_its_own_numbers()
    {
        using var scope = NewDisposeScope();
        using var one = new Generator(5);
        using var two = new Generator(5);
        var first = nn.init.normal_(empty(8), generator: one);
        random.manual_seed(99);
        var second = nn.init.normal_(empty(8), generator: two);
        Assert.True(first.equal(second).all().item<bool>());
    }

    [Fact]
    public void Fan_of_a_convolution()
    {
        using var scope = NewDisposeScope();
        Assert.Equal((18, 36), nn.init.CalculateFanInAndFanOut(empty(4, 2, 3, 3)));
    }
}
