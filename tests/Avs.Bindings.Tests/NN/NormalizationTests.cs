using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.NN;

/// <summary>Normalisations give the numbers of PyTorch 1.13.</summary>
public sealed class NormalizationTests
{
    [Fact]
    public void Batch_norm_learns_the_running_statistics()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        using var layer = nn.BatchNorm2d(4);
        Golden.Matches(layer.call(x), 288, [-0.005078249, 0.5197297, 0.9735072, 1.294838], 2.454035e-07, 287.99425);
        Golden.Matches(layer.running_mean!, 4, [0.0003499134, 0.0002242742, -2.282491e-05, -0.0002575557], 0.00029380704, 2.3959427e-07);
        Golden.Matches(layer.running_var!, 4, [0.9481457, 0.9512108, 0.9533258, 0.9505293], 3.8032117, 3.6161185);
        Assert.Equal(1, layer.num_batches_tracked!.item<long>());
    }

    [Fact]
    public void Batch_norm_uses_the_running_statistics_in_evaluation()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        using var layer = nn.BatchNorm2d(4);
        layer.call(x);
        layer.eval();
        Golden.Matches(layer.call(x), 288, [-0.0003593526, 0.3710109, 0.6921179, 0.9195014], 0.19553804, 151.73553);
        Assert.Equal(1, layer.num_batches_tracked!.item<long>());
    }

    [Fact]
    public void Batch_norm_names_its_state()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.BatchNorm2d(4);
        Assert.Equal(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"], layer.state_dict().Keys);
    }

    [Fact]
    public void Batch_norm_refuses_other_dimensions()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.BatchNorm2d(4);
        Assert.Throws<ArgumentException>(() => layer.call(zeros(4, 4)));
    }

    [Fact]
    public void Batch_norm_refuses_to_learn_from_one_value_a_channel()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.BatchNorm2d(4);
        Assert.Throws<ArgumentException>(() => layer.call(zeros(1, 4, 1, 1)));
    }

    [Fact]
    public void Layer_norm()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.LayerNorm([6, 6]).call(x), 288, [-0.01536156, 0.509035, 0.9624569, 1.283536], -9.7230077e-07, 287.99422);
    }

    [Fact]
    public void Group_norm()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.GroupNorm(2, 4).call(x), 288, [-0.03969733, 0.4762727, 0.9224086, 1.238328], -7.9802703e-07, 287.99424);
    }

    [Fact]
    public void Instance_norm()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(nn.InstanceNorm2d(4).call(x), 288, [-0.01536155, 0.509035, 0.9624569, 1.283536], -4.786998e-07, 287.99423);
    }

    [Fact]
    public void Normalize()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.normalize(x), 288, [0.0, 0.2500338, 0.4679325, 0.6300171], 0.13675033, 71.999999);
    }
}
