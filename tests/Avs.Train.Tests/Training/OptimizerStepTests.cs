using Avs.Core.Libtorch;
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
    [InlineData(OptimizerName.Adam, 1e-5)]
    [InlineData(OptimizerName.Adamw, 1e-5)]
    [InlineData(OptimizerName.Sgd, 0)] // the same operations, some parameters at a time
    public void Parameters_move_as_TorchSharp_s_optimizer_moves_them(OptimizerName name, double tolerance)
    {
        using var scope = NewDisposeScope();
        using Sequential ours = Network(), plain = Network();
        using OptimizerHelper oursBy = Optimizer(ours, name), plainBy = Optimizer(plain, name);
        var step = new OptimizerStep(oursBy, [.. ours.parameters()]);
        for (var i = 0; i < 4; i++)
        {
            // One layer without a gradient in one step, so that it has taken fewer; another rate in the last.
            foreach (var (network, by) in (IEnumerable<(Sequential, OptimizerHelper)>)[(ours, oursBy), (plain, plainBy)])
            {
                ((Linear)network[3]).weight.requires_grad = i != 1;
                foreach (var group in by.ParamGroups)
                    group.LearningRate = i == 3 ? 0.003 : 0.01;
            }
            var norm = step.Take(() => Backward(ours));
            foreach (var parameter in plain.parameters())
                parameter.grad = null;
            Backward(plain);
            Assert.Equal(nn.utils.clip_grad_norm_(plain.parameters(), double.PositiveInfinity), norm, 1e-5 * norm);
            plainBy.step();
        }
        Assert.All(ours.parameters().Zip(plain.parameters()), pair =>
            Assert.InRange((pair.First - pair.Second).abs().max().item<float>(), 0, tolerance));
        Assert.All(oursBy.state_dict().State.Zip(plainBy.state_dict().State).Where(pair => pair.First is Adam.State), pair =>
            Assert.Equal(((Adam.State)pair.Second).step, ((Adam.State)pair.First).step));
    }

    [Fact]
    public void Fused_Adam_refuses_what_its_operator_would_read_wrongly()
    {
        using var scope = NewDisposeScope();
        Tensor whole = zeros(2, 3), turned = zeros(3, 2).t(), wide = zeros([2, 3], ScalarType.Float64), small = zeros(2, 2);
        foreach (var wrong in (Tensor[])[turned, wide, small])
        {
            Assert.Throws<ArgumentException>(() =>
                FusedAdam.Move([new(whole, wrong, whole, whole)], 1, new(0.1, 0.9, 0.999, 1e-8, 0, Decoupled: false)));
        }
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
