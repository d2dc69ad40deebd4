using Avs.Train.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Training;

[Collection(Alone.Name)]
public sealed class OptimizerStepTests
{
    // Either of the wide layers has more parameters than are moved at once.
    private static Sequential Network()
    {
        manual_seed(4);
        return nn.Sequential(nn.Linear(8, 300), nn.Linear(300, 15000), nn.Linear(15000, 300), nn.Linear(300, 1));
    }

    private static void Backward(Sequential network)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        network.call(randn([2, 8], generator: generator)).square().mean().backward();
    }

    private static OptimizerHelper Optimizer(Sequential network, OptimizerName name) => Optimizers.Create(
        new OptimizerConfig { Name = name, LearningRate = 0.01, WeightDecay = 0.1 },
            [.. network.named_parameters().Select(entry => (entry.name, entry.parameter))]);

    [Theory]
    [InlineData(OptimizerName.Adam)]
    [InlineData(OptimizerName.Adamw)]
    [InlineData(OptimizerName.Sgd)]
    public void Parameters_moved_some_at_a_time_get_the_same_weights_to_the_bit(OptimizerName name)
    {
        using var scope = NewDisposeScope();
        using Sequential ours = Network(), plain = Network();
        using OptimizerHelper oursBy = Optimizer(ours, name), plainBy = Optimizer(plain, name);
        var step = new OptimizerStep(oursBy, [.. ours.parameters()]);
        for (var i = 0; i < 2; i++)
        {
            var norm = step.Take(() => Backward(ours));
            plain.zero_grad();
            Backward(plain);
            Assert.Equal(nn.utils.clip_grad_norm_(plain.parameters(), double.PositiveInfinity), norm, 1e-5 * norm);
            plainBy.step();
        }
        Assert.All(ours.parameters().Zip(plain.parameters()), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
    }

    [Fact]
    public void The_optimizer_sees_few_gradients_at_once_and_each_of_them_once_and_none_is_left()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var optimizer = new Recording([.. network.parameters()]);
        new OptimizerStep(optimizer, [.. network.parameters()]).Take(() => Backward(network));
        Assert.Equal(network.parameters().Sum(parameter => parameter.numel()), optimizer.Seen.Sum());
        Assert.True(optimizer.Seen.Count >= 2 && optimizer.Seen.Max() <= 2 * 4_500_000, string.Join(", ", optimizer.Seen));
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    // Moves nothing; notes how many numbers the gradients have that it is shown.
    private sealed class Recording(IReadOnlyList<Parameter> all) : OptimizerHelper
    {
        public List<long> Seen { get; } = [];

        public override Tensor step(Func<Tensor>? closure = null)
        {
            Seen.Add(all.Where(parameter => parameter.grad is not null).Sum(parameter => parameter.numel()));
            return null!;
        }

        public override void add_param_group(ParamGroup param_group) { }
    }

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
