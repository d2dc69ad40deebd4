using Avs.Train.Configuration;
using Avs.Train.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Training;

[Collection(Alone.Name)]
public sealed class OptimizerStepTests
{
    private static OptimizerHelper Optimizer(Sequential network, OptimizerName name) => Optimizers.Create(
        new OptimizerConfig { Name = name, LearningRate = 0.01, WeightDecay = 0.1 }, [.. network.named_parameters().Select(entry => (entry.name, entry.parameter))]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_norm_above_the_largest_is_scaled_down_to_it_and_gradients_of_several_backwards_are_summed(bool clips)
    {
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(nn.Linear(1, 1, false));
        var weight = ((Linear)network[0]).weight;
        using (no_grad())
            weight.fill_(1);
        using var optimizer = optim.SGD([weight], 1);
        var step = new OptimizerStep(optimizer, [weight], clips ? 2 : null);
        var norm = step.Take(() =>
        {
            weight.sum().backward();
            (2 * weight).sum().backward();
        });
        Assert.Equal(3, norm, 1e-6);
        Assert.Equal(clips ? -1 : -2, weight.item<float>(), 1e-5);
    }

    [Fact]
    public void A_gradient_that_is_no_number_moves_nothing_and_is_told()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(nn.Linear(1, 1));
        using var optimizer = Optimizer(network, OptimizerName.Adam);
        var step = new OptimizerStep(optimizer, [.. network.parameters()]);
        var before = ((Linear)network[0]).weight.item<float>();
        Assert.True(double.IsNaN(step.Take(() => (network.call(ones(1, 1)) * double.NaN).sum().backward())));
        Assert.Equal(before, ((Linear)network[0]).weight.item<float>());
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var network = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1));
        using var optimizer = Optimizer(network, OptimizerName.Adam);
        var step = new OptimizerStep(optimizer, [.. network.parameters()]);
        void Once()
        {
            using var scope = NewDisposeScope();
            step.Take(() => network.call(ones(2, 4)).sum().backward());
        }

        Once();
        Once();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++)
            Once();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
