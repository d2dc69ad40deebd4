using TorchSharp;
using TorchSharp.Engine;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.NN;

/// <summary>Attention, GELU, LayerNorm and BatchNorm in one pass give what libtorch's operators give in float64, gradients too.</summary>
[Collection(Alone.Name)]
public sealed class FusedLayersTests
{
    // Queries in several parts with a rest; keys that fill no vector, one key; values of another width than keys.
    [Theory]
    [InlineData(2, 1, 900, 49, 64, 64)]
    [InlineData(3, 5, 53, 50, 24, 40)]
    [InlineData(1, 2, 1, 1, 8, 16)]
    [InlineData(1, 3, 49, 130, 32, 8)]
    public void Attention_of_heads_that_lie_in_tokens(int count, int heads, int queries, int keys, int depth, int width)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(1);
        var query = randn([count, queries, heads * depth], generator: generator);
        var key = randn([count, keys, heads * depth], generator: generator);
        var value = randn([count, keys, heads * width], generator: generator);
        var weights = randn([count, queries, heads * width], generator: generator);
        Agree("avs::attention", [query, key, value], weights, 3e-6, tensors =>
            F.scaled_dot_product_attention(Heads(tensors[0]), Heads(tensors[1]), Heads(tensors[2])).transpose(1, 2).flatten(2));

        Tensor Heads(Tensor tokens) => tokens.view(count, tokens.shape[1], heads, -1).transpose(1, 2); // [N,m,heads*d] -> [N,heads,m,d]
    }

    [Fact]
    public void Attention_of_large_scores_is_that_to_the_nearest_key()
    {
        using var scope = NewDisposeScope();
        var keys = eye(8).mul(1e4).view(1, 1, 8, 8);
        var values = rand(1, 1, 8, 8);
        Assert.True(F.scaled_dot_product_attention(keys, keys, values).allclose(values, 1e-6, 1e-6));
    }

    [Fact]
    public void Attention_to_what_is_no_number_is_none()
    {
        using var scope = NewDisposeScope();
        var query = randn(1, 1, 5, 8);
        query[0, 0, 2, 3] = float.NaN;
        var rows = F.scaled_dot_product_attention(query, randn(1, 1, 9, 8), randn(1, 1, 9, 8)).isnan().any(-1).flatten();
        Assert.Equal([false, false, true, false, false], rows.data<bool>().ToArray());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100_003)]
    public void Gelu_of_any_length(int count)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(2);
        Agree("avs::gelu", [randn([count], generator: generator).mul(3)], randn([count], generator: generator), 3e-7, tensors => F.gelu(tensors[0]));
    }

    // Relative to each value, far into the tail, where x (1 + erf) / 2 has no digits left in float32.
    [Fact]
    public void Gelu_of_each_value_has_its_digits()
    {
        using var scope = NewDisposeScope();
        var x = linspace(-6, 9, 30_001);
        var exact = x.to(ScalarType.Float64).mul(x.to(ScalarType.Float64).mul(Math.Sqrt(0.5)).erf().add(1)).mul(0.5);
        var error = (F.gelu(x).to(ScalarType.Float64) - exact).abs().div(exact.abs().clamp_min(1e-30)).max().ToDouble();
        Assert.InRange(error, 1e-9, 2e-6);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(700, 24)]
    [InlineData(3000, 64)]
    public void Layer_norm_of_any_number_of_rows(int rows, int width)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(3);
        Tensor[] arguments = [randn([rows, width], generator: generator).mul(3).add(5), randn([width], generator: generator), randn([width], generator: generator)];
        Agree("avs::layer_norm", arguments, randn([rows, width], generator: generator), 3e-6,
            tensors => F.layer_norm(tensors[0], [width], tensors[1], tensors[2], 1e-6));
    }

    // Planes that fill no vector, one that leaves a rest, many channels; one picture.
    [Theory]
    [InlineData(5, 3, 1, 2)]
    [InlineData(1, 40, 7, 7)]
    [InlineData(4, 16, 31, 33)]
    public void Batch_norm_of_training(int pictures, int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(6);
        Tensor[] arguments = [randn([pictures, channels, height, width], generator: generator).mul(3).add(5), randn([channels], generator: generator), randn([channels], generator: generator)];
        Agree("avs::batch_norm", arguments, randn([pictures, channels, height, width], generator: generator), 3e-6,
            tensors => F.batch_norm(tensors[0], null, null, tensors[1], tensors[2], true));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0)]
    public void Batch_norm_moves_the_running_statistics_as_libtorch_does(double momentum)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(7);
        var x = randn([3, 6, 5, 9], generator: generator).mul(2).add(40);
        Tensor[] Statistics(ScalarType type)
        {
            Tensor[] running = [full([6], 0.5, type), full([6], 2.0, type)];
            F.batch_norm(x.to(type), running[0], running[1], ones([6], type), zeros([6], type), true, momentum);
            return running;
        }
        foreach (var (fast, plain) in Statistics(ScalarType.Float32).Zip(Statistics(ScalarType.Float64)))
            Assert.True(fast.to(ScalarType.Float64).allclose(plain, 1e-6, 0));
    }

    // The variance is a millionth of the squared mean: sums in single precision would have lost it.
    [Fact]
    public void Batch_norm_of_what_varies_little_around_a_large_mean_keeps_its_digits()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        var x = randn([4, 8, 20, 20], generator: generator).add(1000);
        Tensor Of(ScalarType type) => F.batch_norm(x.to(type), null, null, ones([8], type), zeros([8], type), true, eps: 0);
        Assert.True((Of(ScalarType.Float32).to(ScalarType.Float64) - Of(ScalarType.Float64)).abs().max().ToDouble() < 1e-4); // 1000 itself has 6e-5
    }

    [Fact]
    public void What_does_not_suit_stays_with_libtorch()
    {
        using var scope = NewDisposeScope();
        Assert.DoesNotContain("avs::attention", Names(() => F.scaled_dot_product_attention(randn(1, 1, 4, 8), randn(1, 1, 5, 8), randn(1, 1, 5, 8), is_casual: true)));
        Assert.DoesNotContain("avs::attention", Names(() => F.scaled_dot_product_attention(randn(1, 1, 4, 7), randn(1, 1, 5, 7), randn(1, 1, 5, 7))));
        Assert.DoesNotContain("avs::gelu", Names(() => F.gelu(randn(4, 8).t())));
        Assert.DoesNotContain("avs::layer_norm", Names(() => F.layer_norm(randn(4, 7), [7], ones(7), zeros(7))));
        Assert.DoesNotContain("avs::layer_norm", Names(() => F.layer_norm(randn(4, 8), [8])));
        Assert.DoesNotContain("avs::batch_norm", Names(() => F.batch_norm(randn(2, 4, 3, 3), zeros(4), ones(4), ones(4), zeros(4))));
        Assert.DoesNotContain("avs::batch_norm", Names(() => F.batch_norm(randn(2, 3, 3, 4).permute(0, 3, 1, 2), null, null, ones(4), zeros(4), true)));
    }

    [Fact]
    public void Gradients_can_be_differentiated_again()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        Tensor[] arguments = [randn(1, 2, 6, 8), randn(1, 2, 5, 8), randn(1, 2, 5, 8), randn(8), randn(8), randn(2), randn(2)];
        var fast = Twice(ScalarType.Float32);
        var plain = Twice(ScalarType.Float64);
        Assert.All(fast.Zip(plain), pair => Assert.True(pair.First.to(ScalarType.Float64).allclose(pair.Second, 1e-3, 1e-4)));

        Tensor[] Twice(ScalarType type)
        {
            Tensor[] a = [.. arguments.Select(tensor => tensor.detach().to(type, copy: true).requires_grad_())];
            var y = F.layer_norm(F.scaled_dot_product_attention(a[0], a[1], a[2]), [8], a[3], a[4]).contiguous();
            y = F.gelu(F.batch_norm(y, null, null, a[5], a[6], true));
            var first = autograd.grad([y.square().sum()], a, null, true, true);
            return [.. autograd.grad([first.Select(gradient => gradient.square().sum()).Aggregate((p, q) => p + q)], a)];
        }
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        var threads = get_num_threads();
        manual_seed(5);
        Tensor[] arguments = [randn(1, 2, 900, 64), randn(1, 2, 49, 64), randn(1, 2, 49, 64), randn(64), randn(64), randn(2), randn(2)];
        try
        {
            var one = With(1);
            Assert.All(With(2).Zip(one), pair => Assert.True(pair.First.eq(pair.Second).all().ToBoolean()));
        }
        finally
        {
            set_num_threads(threads);
        }

        Tensor[] With(int count)
        {
            set_num_threads(count);
            Tensor[] a = [.. arguments.Select(tensor => tensor.detach().clone().requires_grad_())];
            var y = F.gelu(F.layer_norm(F.scaled_dot_product_attention(a[0], a[1], a[2]).contiguous(), [64], a[3], a[4]));
            y = F.batch_norm(y, null, null, a[5], a[6], true);
            return [y, .. autograd.grad([y.mul(y.detach())], a, [ones_like(y)])];
        }
    }

    [Fact]
    public void Attention_is_counted_as_its_products()
    {
        using var scope = NewDisposeScope();
        var query = randn(2, 3, 10, 16).requires_grad_();
        var key = randn(2, 3, 5, 16).requires_grad_();
        var value = randn(2, 3, 5, 8).requires_grad_();
        Tensor? mixed = null;
        const double Forward = 2 * 2 * 3 * 10 * 5 * (16 + 8);
        Assert.Equal(Forward, OperatorProfile.Of(() => mixed = F.scaled_dot_product_attention(query, key, value)).Sum(figures => figures.Flop));
        Assert.Equal(2 * Forward, OperatorProfile.Of(() => mixed!.sum().backward()).Sum(figures => figures.Flop));
    }

    private static IEnumerable<string> Names(Action body) => OperatorProfile.Of(body).Select(figures => figures.Name);

    /// <summary>The operator runs on float32 and agrees, with its gradients, with what runs on float64, to that part of each tensor's norm.</summary>
    private static void Agree(string name, Tensor[] arguments, Tensor weights, double bound, Func<Tensor[], Tensor> function)
    {
        Tensor[] fast = [], plain = [];
        Assert.Contains(name, Names(() => fast = Run(ScalarType.Float32)));
        Assert.DoesNotContain(name, Names(() => plain = Run(ScalarType.Float64)));
        for (var i = 0; i < plain.Length; i++)
        {
            var norm = plain[i].norm().ToDouble();
            var error = (fast[i].to(ScalarType.Float64) - plain[i]).norm().ToDouble();
            Assert.True(error <= bound * norm + 1e-7, $"{i}: {error} of {norm}");
        }

        Tensor[] Run(ScalarType type)
        {
            Tensor[] inputs = [.. arguments.Select(tensor => tensor.detach().to(type, copy: true).requires_grad_())];
            var y = function(inputs);
            return [y.detach(), .. autograd.grad([y], inputs, [weights.to(type)])];
        }
    }
}
