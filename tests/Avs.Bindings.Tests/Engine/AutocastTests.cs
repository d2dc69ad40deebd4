using TorchSharp;
using TorchSharp.Engine;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.Engine;

/// <summary>bfloat16 autocast. Every processor computes it; few do so quickly.</summary>
[Collection(Alone.Name)]
public sealed class AutocastTests
{
    private const double Near = 0.01; // bfloat16 keeps 8 bits

    [Fact]
    public void It_lasts_until_it_is_disposed_and_on_its_thread_only()
    {
        using var scope = NewDisposeScope();
        var x = randn(4, 4);
        using (new Autocast(DeviceType.CPU))
        {
            Assert.Equal(ScalarType.BFloat16, x.mm(x).dtype);
            Assert.Equal(ScalarType.Float32, (x + x).dtype);
            var elsewhere = new Thread(() => Assert.False(Autocast.IsEnabled(DeviceType.CPU)));
            elsewhere.Start();
            elsewhere.Join();
            using (new Autocast(DeviceType.CPU, false))
                Assert.Equal(ScalarType.Float32, x.mm(x).dtype);
            Assert.True(Autocast.IsEnabled(DeviceType.CPU));
        }

        Assert.False(Autocast.IsEnabled(DeviceType.CPU));
        Assert.Equal(ScalarType.Float32, x.mm(x).dtype);
    }

    [Theory]
    [InlineData(28, ScalarType.Float32)]
    [InlineData(28, ScalarType.BFloat16)]
    [InlineData(14, ScalarType.BFloat16)] // direct forward, by minimal filtering backward
    public void Wide_3x3_convolutions_still_go_by_minimal_filtering_in_float32(long side, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (x, weight, bias) = (randn(5, 64, side, side).to(type), randn(64, 64, 3, 3) / 24, randn(64));
        var g = randn(5, 64, side, side);
        var plain = Learn(false);
        IReadOnlyList<Tensor> found = [];
        Assert.Contains(OperatorProfile.Of(() => found = Learn(true)), figures => figures.Name == "avs::conv3x3_weight_gradient");
        Assert.Equal([ScalarType.BFloat16, type, ScalarType.Float32, ScalarType.Float32], found.Select(tensor => tensor.dtype));
        Assert.All(plain.Zip(found), pair => AssertNear(pair.First, pair.Second));

        IReadOnlyList<Tensor> Learn(bool autocast)
        {
            using var cast = new Autocast(DeviceType.CPU, autocast);
            Tensor[] by = [autocast ? x.detach() : x.to(ScalarType.Float32).detach(), weight.detach(), bias.detach()];
            Assert.All(by, tensor => tensor.requires_grad_());
            var y = F.conv2d(by[0], by[1], by[2], [1, 1], [1, 1]);
            return [y, .. autograd.grad([y], by, [g.to(y.dtype)])];
        }
    }

    [Fact]
    public void Norms_and_enlargements_of_bfloat16_are_computed_in_float32()
    {
        using var scope = NewDisposeScope();
        var x = randn(2, 8, 6, 8).to(ScalarType.BFloat16);
        using var layer = nn.LayerNorm(8);
        using var group = nn.GroupNorm(2, 8);
        foreach (var function in (Func<Tensor, Tensor>[])[layer.call, group.call, x => F.interpolate(x, scale_factor: [2, 2], mode: InterpolationMode.Bilinear)])
        {
            var expected = function(x.to(ScalarType.Float32));
            using var cast = new Autocast(DeviceType.CPU);
            Assert.True(function(x).allclose(expected, 0, 0));
        }
    }

    [Fact]
    public void A_weight_that_was_cast_where_gradients_are_off_still_learns()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(4, 4);
        using var cast = new Autocast(DeviceType.CPU);
        using (no_grad())
            linear.call(randn(2, 4));
        linear.call(randn(2, 4)).sum().backward();
        Assert.NotNull(linear.weight.grad);
    }

    [Fact]
    public void Gradients_have_the_types_of_the_forward_pass_whatever_surrounds_backward()
    {
        using var scope = NewDisposeScope();
        var (x, w) = (randn(4, 4), randn(4, 4).requires_grad_());
        var expected = autograd.grad([x.mm(w).tanh().sum()], [w])[0];
        var sum = x.mm(w).tanh().sum();
        using var cast = new Autocast(DeviceType.CPU);
        Assert.True(autograd.grad([sum], [w])[0].allclose(expected, 0, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_function_computes_its_gradients_under_what_its_forward_ran_under(bool autocast)
    {
        using var scope = NewDisposeScope();
        var x = randn(4, 4).requires_grad_();
        Tensor y;
        using (new Autocast(DeviceType.CPU, autocast))
            y = Watching.apply(x);
        Watching.InBackward = null;
        using (new Autocast(DeviceType.CPU, !autocast))
        {
            y.sum().backward();
            Assert.Equal(!autocast, Autocast.IsEnabled(DeviceType.CPU));
        }

        Assert.Equal(autocast ? ScalarType.BFloat16 : ScalarType.Float32, y.dtype);
        Assert.Equal(autocast, Watching.InBackward);
        Assert.Equal(ScalarType.Float32, x.grad!.dtype);
    }

    private static void AssertNear(Tensor expected, Tensor found)
    {
        var error = ((found.to(ScalarType.Float32) - expected).norm() / expected.norm()).ToDouble();
        Assert.True(error < Near, $"{error}");
    }

    private sealed class Watching : autograd.SingleTensorFunction<Watching>
    {
        public static bool? InBackward { get; set; }

        public override string Name => nameof(Watching);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => ((Tensor)vars[0]).mm((Tensor)vars[0]);

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            InBackward = Autocast.IsEnabled(DeviceType.CPU);
            return [grad_output * 1];
        }
    }
}
