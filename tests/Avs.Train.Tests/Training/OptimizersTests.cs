using Avs.Core.Libtorch;
using Avs.Train.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Training;

/// <summary>Groups of parameters with a learning rate and a weight decay of their own.</summary>
public sealed class OptimizersTests
{
    private static (string Name, Parameter Parameter)[] Parameters() =>
    [
        ("backbone.bias", new Parameter(tensor([0.5f]))), ("weight", new Parameter(tensor(new float[,] { { 1, -2 } }))),
        ("bias", new Parameter(tensor([0.5f]))), ("backbone.weight", new Parameter(tensor(new float[,] { { 1, -2 } }))),
    ];

    private static readonly string[] Backbone = ["backbone.weight", "backbone.bias"];

    // Three steps of PyTorch 1.13 down 1.5 |weight|^2 + bias^2 in four groups: rates 0.1 and 0.01, decays 0.1 and 0 (momentum 0.9 of SGD).
    [Theory]
    [InlineData(OptimizerName.Adamw, 0.6751012206077576, -1.6443686485290527, 0.2048712521791458,
        0.9670442342758179, -1.9640419483184814, 0.4700213372707367)]
    [InlineData(OptimizerName.Adam, 0.7015862464904785, -1.7006233930587769, 0.2048712521791458,
        0.9700101017951965, -1.970004916191101, 0.4700213372707367)]
    [InlineData(OptimizerName.Sgd, -0.30761101841926575, 0.6152220368385315, 0.03099999949336052,
        0.8306729793548584, -1.6613459587097168, 0.44485601782798767)]
    public void Each_group_moves_by_its_own_rate_and_decay(OptimizerName name, params double[] expected)
    {
        var config = new OptimizerConfig
        {
            Name = name,
            LearningRate = 0.1,
            WeightDecay = 0.1,
            DecayMatricesOnly = true,
            BackboneRate = 0.1,
        };
        // A parameter that the fused operator does not take sends Adam the other way.
        foreach (var extra in (Parameter[][])[[], [new Parameter(zeros(1, ScalarType.Float64))]])
        {
            using var scope = NewDisposeScope();
            var parameters = Parameters();
            using var optimizer = Optimizers.Create(config, Optimizers.Groups(config, parameters, Backbone));
            var step = new OptimizerStep(optimizer, [.. parameters.Select(entry => entry.Parameter), .. extra]);
            for (var i = 0; i < 3; i++)
            {
                step.Take(() =>
                {
                    foreach (var (_, parameter) in parameters)
                        ((parameter.dim() > 1 ? 1.5 : 1) * parameter.square().sum()).backward();
                });
            }
            float[] Of(string wanted) => [.. parameters.Single(entry => entry.Name == wanted).Parameter.detach().data<float>()];
            float[] found = [.. Of("weight"), .. Of("bias"), .. Of("backbone.weight"), .. Of("backbone.bias")];
            Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
            Assert.DoesNotContain(parameters, entry => !FusedAdam.Takes(entry.Parameter));
            Assert.DoesNotContain(extra, FusedAdam.Takes);
        }
    }

    [Fact]
    public void Groups_come_in_the_order_in_which_states_are_saved()
    {
        using var scope = NewDisposeScope();
        string[] Names(OptimizerConfig config)
        {
            var parameters = Parameters();
            var names = parameters.ToDictionary(entry => entry.Parameter.Handle, entry => entry.Name);
            return [.. Optimizers.Groups(config, parameters, Backbone)
                .Select(group => string.Join(' ', group.Parameters.Select(parameter => names[parameter.Handle])))];
        }

        Assert.Equal(["backbone.bias weight bias backbone.weight"], Names(new OptimizerConfig()));
        Assert.Equal(["weight backbone.weight", "backbone.bias bias"], Names(new OptimizerConfig { DecayMatricesOnly = true }));
        Assert.Equal(["weight bias", "backbone.bias backbone.weight"], Names(new OptimizerConfig { BackboneRate = 0.5 }));
        Assert.Equal(["weight", "bias", "backbone.weight", "backbone.bias"],
            Names(new OptimizerConfig { BackboneRate = 0.5, DecayMatricesOnly = true }));
    }

    [Fact]
    public void The_gradient_of_several_batches_is_their_mean_and_is_clipped_as_such()
    {
        using var scope = NewDisposeScope();
        using var weight = new Parameter(tensor([1f]));
        using var optimizer = optim.SGD([weight], 1);
        void Backward()
        {
            weight.sum().backward();
            (2 * weight).sum().backward();
        }

        Assert.Equal(1.5, new OptimizerStep(optimizer, [weight]).Take(Backward, batches: 2), 1e-6);
        Assert.Equal(-0.5, weight.item<float>(), 1e-6);
        new OptimizerStep(optimizer, [weight], clipNorm: 1).Take(Backward, batches: 2);
        Assert.Equal(-1.5, weight.item<float>(), 1e-5);
    }
}
