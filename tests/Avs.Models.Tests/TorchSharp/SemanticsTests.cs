using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.TorchSharp;

/// <summary>What src/ relies on beyond numbers: which memory is shared, which modes hold, what modules and optimizers keep.</summary>
public sealed class SemanticsTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string, float, Func<Tensor, Tensor>> InPlace => new()
    {
        { "add_", 3, x => x.add_(ones(2)) },
        { "add_ scaled", 4, x => x.add_(ones(2), alpha: 2) },
        { "mul_", 6, x => x.mul_(3) },
        { "zero_", 0, x => x.zero_() },
        { "copy_", 1, x => x.copy_(ones(2)) },
        { "relu", 2, x => F.relu(x, true) },
        { "leaky_relu", 2, x => F.leaky_relu(x, 0.01, true) },
        { "requires_grad_", 2, x => x.requires_grad_() },
        { "narrow and copy_", 1, x => x.narrow(0, 0, 1).copy_(ones(1)) },
        { "detach and add_", 3, x => x.detach().add_(ones(2)) },
    };

    [Theory]
    [MemberData(nameof(InPlace))]
    public void A_change_in_place_is_seen_in_the_tensor(string name, float expected, Func<Tensor, Tensor> change)
    {
        Assert.NotEmpty(name);
        var x = full([2], 2f);
        var result = change(x);
        Assert.Equal(expected, x.data<float>()[0]);
        Assert.Equal(expected, result.data<float>()[0]);
    }

    public static TheoryData<string, Func<Tensor, Tensor>> Copies => new()
    {
        { "clone", x => x.clone() },
        { "index_copy", x => x.index_copy(0, tensor(new long[] { 0 }), ones(1)) },
        { "repeat", x => x.repeat(1) },
        { "to another type", x => x.to(ScalarType.Float64) },
    };

    [Theory]
    [MemberData(nameof(Copies))]
    public void A_copy_shares_nothing(string name, Func<Tensor, Tensor> copy)
    {
        Assert.NotEmpty(name);
        var x = full([2], 2f);
        copy(x).zero_();
        Assert.Equal(2, x.data<float>()[0]);
    }

    [Fact]
    public void Gradient_modes_nest()
    {
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            using (enable_grad())
                Assert.True(is_grad_enabled());
            using (set_grad_enabled(true))
                Assert.True(is_grad_enabled());
            Assert.False(is_grad_enabled());
        }
        using (inference_mode())
            Assert.False((full([1], 1f).requires_grad_() * 2).requires_grad);
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Backward_adds_to_gradients_and_null_takes_them_away()
    {
        var x = full([1], 3f).requires_grad_();
        Assert.Null(x.grad);
        (x * x).sum().backward();
        (x * x).sum().backward();
        Assert.Equal(12, x.grad!.item<float>());
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void Grad_takes_the_outer_gradients_and_leaves_grad_alone()
    {
        Tensor x = full([2], 3f).requires_grad_(), unused = ones(1).requires_grad_();
        var found = autograd.grad([x * x], [x, unused], [full([2], 10f)], allow_unused: true);
        Assert.Equal([60, 60], found[0].data<float>().ToArray());
        Assert.True(found[1].IsInvalid); // not null, as in PyTorch
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_generator_s_state_brings_its_numbers_back()
    {
        using var generator = new Generator(3);
        randn([5], generator: generator);
        var state = generator.get_state();
        var once = randn([20], generator: generator).data<float>().ToArray();
        generator.set_state(state);
        Assert.Equal(once, randn([20], generator: generator).data<float>().ToArray());
    }

    [Fact]
    public void A_module_s_parts_have_the_names_that_PyTorch_gives_them()
    {
        using var parts = new Parts();
        Assert.Equal(["own", "first.weight", "list.0.0.weight", "list.0.0.bias"], parts.named_parameters().Select(entry => entry.name));
        // PyTorch has each module's buffers after its own parameters
        Assert.Equal(
            ["own", "first.weight", "list.0.0.weight", "list.0.0.bias", "plain",
                "list.0.0.running_mean", "list.0.0.running_var", "list.0.0.num_batches_tracked"],
            parts.state_dict().Keys);
        Assert.Equal(["first", "list"], parts.named_children().Select(entry => entry.name));
        Assert.Equal(4, parts.modules().Count()); // first, list, the row, its norm; PyTorch has the module itself too
    }

    [Fact]
    public void Eval_and_train_reach_every_part()
    {
        using var parts = new Parts();
        parts.eval();
        Assert.All(parts.modules(), module => Assert.False(module.training));
        parts.train();
        Assert.All(parts.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void Another_type_moves_numbers_and_leaves_counts()
    {
        using var parts = new Parts();
        parts.to(ScalarType.Float64);
        Assert.All(parts.state_dict(),
            entry => Assert.Equal(entry.Key.EndsWith("tracked") ? ScalarType.Int64 : ScalarType.Float64, entry.Value.dtype));
        Assert.Equal(ScalarType.Float64, parts.Plain.dtype);
    }

    [Fact]
    public void A_loaded_state_is_copied_and_must_fit()
    {
        using Parts from = new(), to = new();
        to.load_state_dict(from.state_dict());
        Assert.All(to.state_dict().Zip(from.state_dict()), pair => Assert.Equal(
            pair.Second.Value.to(ScalarType.Float32).data<float>().ToArray(), pair.First.Value.to(ScalarType.Float32).data<float>()
                .ToArray()));
        using (no_grad())
            from.parameters().First().zero_();
        Assert.Equal(1, to.parameters().First().data<float>()[0]);
        Assert.Throws<InvalidOperationException>(() => to.load_state_dict(new Dictionary<string, Tensor> { ["own"] = zeros(2) }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_optimizer_goes_on_from_what_it_wrote(bool adam)
    {
        var parameter = nn.Parameter(ones(3));
        OptimizerHelper Create() => adam
            ? optim.AdamW([new AdamW.ParamGroup([parameter], 0.1, weight_decay: 0.1)], 0.1)
            : optim.SGD([new SGD.ParamGroup([parameter], 0.1, 0.9)], 0.1);
        void Step(OptimizerHelper optimizer)
        {
            parameter.grad = Given.Uniform(1, -1, 1, 3);
            optimizer.step();
        }
        using OptimizerHelper whole = Create(), resumed = Create();
        Step(whole);
        using var bytes = new MemoryStream();
        whole.save_state_dict(new BinaryWriter(bytes));
        var start = parameter.detach().clone();
        Step(whole);
        var expected = parameter.detach().clone();
        bytes.Position = 0;
        resumed.load_state_dict(new BinaryReader(bytes));
        using (no_grad())
            parameter.copy_(start);
        Step(resumed);
        Assert.Equal(0, Given.Distance(expected, parameter));
    }

    [Fact]
    public void The_optimizer_s_groups_follow_their_own_rates()
    {
        Parameter fast = nn.Parameter(ones(1)), slow = nn.Parameter(ones(1));
        using var optimizer = optim.SGD([new SGD.ParamGroup([fast], 0.5), new SGD.ParamGroup([slow], 0.25)], 1);
        optimizer.ParamGroups.First().LearningRate = 0.125;
        (fast.grad, slow.grad) = (ones(1), ones(1));
        optimizer.step();
        Assert.Equal((0.875f, 0.75f), (fast.item<float>(), slow.item<float>()));
    }

    [Fact]
    public void Kaiming_s_deviation_goes_by_what_comes_out()
    {
        var weight = empty(200, 10, 3, 3);
        nn.init.kaiming_normal_(weight, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU);
        Assert.InRange(weight.std().item<float>() / Math.Sqrt(2.0 / (200 * 9)), 0.97, 1.03);
        Assert.InRange(weight.mean().item<float>(), -0.002, 0.002);
        Assert.Equal(0, nn.init.zeros_(weight).abs().sum().item<float>());
    }

    [Fact]
    public void New_tensors_take_shape_and_type()
    {
        var x = zeros([2, 3], ScalarType.Float64);
        Assert.Equal(("2,3", ScalarType.Float64), Kind(empty_like(x)));
        Assert.Equal(("4", ScalarType.Float64), Kind(x.new_zeros([4])));
        Assert.Equal(("2,3", ScalarType.Int64), Kind(empty([2, 3], ScalarType.Int64)));
        Assert.Equal(("2,3", ScalarType.Float32), Kind(x.to(ScalarType.Float32, CPU)));
        Assert.Equal(("1,2", ScalarType.Bool), Kind(tensor(new[] { true, false }, [1, 2])));
        Assert.Equal((6L, 2L, true, false), (x.numel(), x.dim(), x.is_contiguous(), x.t().is_contiguous()));

        static (string, ScalarType) Kind(Tensor tensor) => (string.Join(',', tensor.shape), tensor.dtype);
    }

    [Fact]
    public void A_scope_takes_all_but_what_left_it()
    {
        Tensor inner, moved, free;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
                (inner, moved, free) = (ones(1), ones(1).MoveToOuterDisposeScope(), ones(1).DetachFromDisposeScope());
            Assert.Equal((true, false, false), (inner.IsInvalid, moved.IsInvalid, free.IsInvalid));
        }
        Assert.Equal((true, false), (moved.IsInvalid, free.IsInvalid));
        free.Dispose();
    }

    [Fact]
    public void Elements_are_read_in_order_whatever_the_memory_s()
    {
        var x = tensor(new float[] { 1, 2, 3, 4 }, [2, 2]).t();
        Assert.Equal([1, 3, 2, 4], x.data<float>().ToArray());
        Assert.Equal([1, 3, 2, 4], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(x.contiguous().bytes).ToArray());
    }

    private sealed class Parts : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter own = nn.Parameter(ones(2));
        private readonly Tensor plain = ones(2);
        private readonly Linear first = nn.Linear(2, 2, false);
        private readonly ModuleList<Sequential> list = new(nn.Sequential(nn.BatchNorm2d(2)));

        public Parts() : base(nameof(Parts)) => RegisterComponents();

        public Tensor Plain => plain;

        public override Tensor forward(Tensor x) => first.call(x + own + plain);
    }
}
