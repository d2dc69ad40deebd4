using TorchSharp;

namespace Avs.Bindings.Tests.Torch;

/// <summary>A seed gives the numbers that PyTorch gives for it. The default generator is the process's, so these run alone.</summary>
[Collection(Alone.Name)]
public class SeedTests
{
    [Fact]
    public void One_seed_gives_PyTorchs_numbers_for_each_distribution()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(7);
        Numbers.Same([0.5349225401878357, 0.19880318641662598, 0.6592116951942444], torch.rand(3));
        Numbers.Same([-0.032551974058151245, 1.0110543966293335, 1.7714937925338745], torch.randn(3), 1e-7);
        Numbers.Same([31, 8, 17, 62], torch.randint(0, 100, [4]));
        Numbers.Same([0, 3, 1, 4, 2], torch.randperm(5));
        Numbers.Same([1, 0, 1, 0, 0, 0], torch.ones(6).mul(0.5).bernoulli());
        Numbers.Same([0.18646240234375, 0.7594083547592163], torch.empty(2).uniform_(-1, 1));
    }

    [Fact]
    public void Sixteen_normals_and_more_are_PyTorchs_vectorised_ones()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(0);
        Numbers.Same([0.9318265914916992, 1.2590092420578003, 2.0049805641174316, 0.05373690277338028], torch.randn(20)[16..], 1e-6);
    }

    [Fact]
    public void A_generator_of_ones_own_gives_PyTorchs_numbers()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(42);
        Numbers.Same([0.33669036626815796, 0.12880940735340118, 0.23446236550807953], torch.randn(3, generator: generator), 1e-7);
        Numbers.Same([0, 3, 8, 4, 0], torch.randint(0, 10, [5], generator: generator));
    }

    [Fact]
    public void A_generator_of_ones_own_leaves_the_default_one_alone()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(1);
        torch.manual_seed(3);
        var expected = torch.rand(2);
        torch.manual_seed(3);
        torch.rand(100, generator: generator);
        Numbers.Same(Numbers.Of(expected), torch.rand(2));
    }

    [Fact]
    public void A_state_set_again_repeats_the_numbers()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(5);
        torch.rand(3, generator: generator);
        var state = generator.get_state();
        var first = torch.randn(5, generator: generator);
        generator.set_state(state);
        Numbers.Same(Numbers.Of(first), torch.randn(5, generator: generator));
    }

    [Fact]
    public void The_default_generators_state_can_be_kept_and_set()
    {
        using var scope = torch.NewDisposeScope();
        var state = torch.get_rng_state();
        var first = torch.rand(4);
        torch.set_rng_state(state);
        Numbers.Same(Numbers.Of(first), torch.rand(4));
    }

    [Fact]
    public void A_generator_names_its_seed()
    {
        using var generator = new torch.Generator(11);
        Assert.Equal(11, generator.initial_seed());
        generator.manual_seed(12);
        Assert.Equal(12, generator.initial_seed());
    }
}
