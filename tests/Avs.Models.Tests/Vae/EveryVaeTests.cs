using Avs.Models.Tests.Vae.Multimodal;
using Avs.Models.Vae;
using Avs.Models.Vae.Autoencoders;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Vae;

/// <summary>What holds of every registered autoencoder and of every multimodal VAE.</summary>
public class EveryVaeTests
{
    public static TheoryData<string> Names() =>
        [.. VaeRegistry.Autoencoders.Select(preset => preset.Name), .. VaeRegistry.Multimodal.Select(preset => preset.Name)];

    /// <summary>A network with a batch to learn from.</summary>
    /// <param name="Compute">The objective of the batch.</param>
    /// <param name="Draws">Whether it draws.</param>
    private sealed record Learner(nn.Module Network, Func<Generator, ObjectiveTerms> Compute, bool Draws) : IDisposable
    {
        public static Learner Create(string name)
        {
            if (VaeRegistry.Multimodal.Any(preset => preset.Name == name))
            {
                var several = EveryMultimodalTests.Network(name);
                return new(
                    several, generator => EveryMultimodalTests.Terms(name, several, EveryMultimodalTests.Partial(0), generator), true);
            }
            var network = EveryAutoencoderTests.Network(name);
            var draws = EveryAutoencoderTests.Find(name).Config is VaeConfig or IwaeConfig or WaeConfig;
            return new(network, generator => EveryAutoencoderTests.Terms(name, network, generator), draws);
        }

        public void Dispose() => Network.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_has_the_parameters_of_the_list(string name)
    {
        var (network, expected) = VaeRegistry.Autoencoders.FirstOrDefault(preset => preset.Name == name) is { } preset
            ? ((nn.Module)preset.Config.Create(), preset.Parameters)
            : (EveryMultimodalTests.Find(name).Config.Create(VaeRegistry.FiveModalities), EveryMultimodalTests.Find(name).Parameters);
        using (network)
            Assert.Equal(expected, network.parameters().Sum(parameter => parameter.numel()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_finite_gradient_reaches_every_parameter(string name)
    {
        using var scope = NewDisposeScope();
        using var learner = Learner.Create(name);
        using var generator = new Generator(1);
        var terms = learner.Compute(generator);
        terms.Total.backward();
        Assert.All(terms.Named(), term => Assert.True(float.IsFinite(term.Value.item<float>()), term.Name));
        Assert.All(learner.Network.named_parameters(), entry =>
        {
            var size = Size(entry.parameter);
            Assert.True(float.IsFinite(size) && size > 0, $"{entry.name}: {size}");
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_gives_the_same_step_and_another_seed_another(string name)
    {
        using var scope = NewDisposeScope();
        using var learner = Learner.Create(name);
        float Total(ulong seed)
        {
            using var generator = new Generator(seed);
            return learner.Compute(generator).Total.item<float>();
        }

        Assert.Equal(Total(1), Total(1));
        Assert.Equal(learner.Draws, Total(1) != Total(2));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Steps_lower_the_loss_and_leave_no_tensor_behind(string name)
    {
        using var learner = Learner.Create(name);
        using var optimizer = optim.Adam(learner.Network.parameters(), 2e-3);
        using var generator = new Generator(1);
        float Step()
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var total = learner.Compute(generator).Total;
            total.backward();
            optimizer.step();
            return total.item<float>();
        }

        var first = Step();
        Step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 3; i++)
            Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        var last = Enumerable.Range(0, 20).Select(_ => Step()).TakeLast(5).Average();
        Assert.True(last < first, $"{first} -> {last}");
    }

    /// <summary>How much of a gradient has reached a parameter.</summary>
    internal static float Size(Tensor parameter) => parameter.grad is { } gradient ? gradient.abs().sum().item<float>() : 0;
}
