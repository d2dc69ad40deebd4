using Avs.Bindings.Tests.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Bindings.Tests.NN;

/// <summary>The tree of modules: names, state, moves, training.</summary>
[Collection(Alone.Name)]
public sealed class ModuleTests
{
    [Fact]
    public void State_has_PyTorchs_names_and_order()
    {
        using var net = new SmallNet();
        Assert.Equal(
            [
                "scale", "offset", "conv1.weight", "conv1.bias", "_bn.weight", "_bn.bias", "_bn.running_mean", "_bn.running_var",
                "_bn.num_batches_tracked", "layers.0.weight", "layers.0.bias", "layers.1.weight", "head.fc.weight", "head.fc.bias",
            ],
            net.state_dict().Keys);
    }

    [Fact]
    public void Parameters_are_not_buffers()
    {
        using var net = new SmallNet();
        Assert.Equal(10, net.named_parameters().Count());
        Assert.Equal(["offset", "_bn.running_mean", "_bn.running_var", "_bn.num_batches_tracked"], net.named_buffers().Select(entry => entry.name));
        Assert.Equal(["conv1", "_bn", "layers", "head"], net.named_children().Select(entry => entry.name));
        Assert.Contains("head.fc", net.named_modules().Select(entry => entry.name));
    }

    [Fact]
    public void A_shared_module_is_yielded_once_but_saved_under_both_names()
    {
        using var net = new Shared();
        Assert.Equal(["one.weight", "one.bias"], net.named_parameters().Select(entry => entry.name));
        Assert.Equal(["one.weight", "one.bias", "two.weight", "two.bias"], net.state_dict().Keys);
    }

    [Fact]
    public void Evaluation_reaches_every_module()
    {
        using var net = new SmallNet();
        Assert.True(net.head[1] is Dropout { training: true });
        net.eval();
        Assert.All(net.modules(), module => Assert.False(module.training));
        net.train();
        Assert.All(net.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void A_loaded_state_gives_the_same_results()
    {
        using var scope = NewDisposeScope();
        using var one = new SmallNet();
        using var two = new SmallNet();
        one.eval();
        two.eval();
        var x = randn(2, 3, 8, 8);
        Assert.False(one.call(x).allclose(two.call(x)));
        two.load_state_dict(one.state_dict());
        Assert.True(one.call(x).equal(two.call(x)).all().item<bool>());
    }

    [Fact]
    public void Missing_and_unexpected_names_are_listed()
    {
        using var net = new SmallNet();
        var state = new Dictionary<string, Tensor>(net.state_dict());
        state.Remove("conv1.bias");
        state["conv9.bias"] = zeros(1);
        var error = Assert.Throws<InvalidOperationException>(() => net.load_state_dict(state));
        Assert.Contains("missing conv1.bias", error.Message);
        Assert.Contains("unexpected conv9.bias", error.Message);
        var (missing, unexpected) = net.load_state_dict(state, strict: false);
        Assert.Equal(["conv1.bias"], missing);
        Assert.Equal(["conv9.bias"], unexpected);
    }

    [Fact]
    public void A_wrong_shape_is_named_and_nothing_is_copied()
    {
        using var net = new SmallNet();
        using var other = new SmallNet();
        var state = new Dictionary<string, Tensor>(other.state_dict()) { ["head.fc.weight"] = zeros(7, 2) };
        var before = Golden.Values(net.conv1.weight);
        var error = Assert.Throws<InvalidOperationException>(() => net.load_state_dict(state));
        Assert.Contains("head.fc.weight has shape [7, 2]", error.Message);
        Assert.Equal(before, Golden.Values(net.conv1.weight));
    }

    [Fact]
    public void A_conversion_keeps_the_tensor_objects_and_the_counts_of_batches()
    {
        using var scope = NewDisposeScope();
        using var net = new SmallNet();
        var weight = net.conv1.weight;
        net.to(float64);
        Assert.Same(weight, net.conv1.weight);
        Assert.Equal(float64, weight.dtype);
        Assert.True(weight.requires_grad);
        Assert.Equal(int64, net.get_buffer("_bn.num_batches_tracked")!.dtype);
        net.call(randn(2, 3, 8, 8, dtype: float64)).sum().backward();
        Assert.Equal(float64, weight.grad!.dtype);
    }

    [Fact]
    public void Parameters_outlive_the_scope_they_were_made_in()
    {
        SmallNet net;
        using (NewDisposeScope())
            net = new SmallNet();
        Assert.DoesNotContain(net.state_dict().Values, tensor => tensor.IsInvalid);
        net.Dispose();
    }

    [Fact]
    public void Disposing_a_module_frees_everything()
    {
        var before = Live();
        using (new SmallNet())
            Assert.Equal(before + 14, Live());
        Assert.Equal(before, Live());
    }

    [Fact]
    public void Zero_grad_forgets_or_zeroes()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(2, 1);
        layer.call(ones(1, 2)).sum().backward();
        layer.zero_grad(false);
        Assert.Equal(0, layer.weight.grad!.abs().sum().item<float>());
        layer.zero_grad();
        Assert.Null(layer.weight.grad);
    }

    [Fact]
    public void Sequential_runs_in_order_and_numbers_its_parts()
    {
        using var scope = NewDisposeScope();
        using var row = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1));
        var x = randn(3, 2);
        var expected = ((Linear)row[2]).call(nn.functional.relu(((Linear)row[0]).call(x)));
        Assert.True(row.call(x).equal(expected).all().item<bool>());
        Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], row.state_dict().Keys);
    }

    [Fact]
    public void Module_lists_renumber()
    {
        using var list = nn.ModuleList(nn.Linear(1, 1), nn.Linear(1, 1, false));
        list.Insert(0, nn.Linear(2, 2, false));
        Assert.Equal(["0.weight", "1.weight", "1.bias", "2.weight"], list.state_dict().Keys);
    }

    [Fact]
    public void Module_dictionaries_and_parameter_lists_name_their_parts()
    {
        using var dictionary = nn.ModuleDict(("a", nn.Linear(1, 1, false)), ("b", nn.Linear(1, 1, false)));
        using var list = nn.ParameterList(nn.Parameter(zeros(1)), nn.Parameter(zeros(2)));
        Assert.Equal(["a.weight", "b.weight"], dictionary.state_dict().Keys);
        Assert.Equal(["0", "1"], list.state_dict().Keys);
    }

    [Fact]
    public void Gradients_are_clipped_to_a_norm()
    {
        using var scope = NewDisposeScope();
        using var a = nn.Parameter(tensor(new[] { 3f, 0f }));
        using var b = nn.Parameter(tensor(new[] { 4f }));
        ((a * a).sum() + (b * b).sum()).mul(0.5).backward();
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b], 1), 1e-6);
        Assert.Equal(0.6, a.grad![0].item<float>(), 1e-5);
        Assert.Equal(0.8, b.grad![0].item<float>(), 1e-5);
        nn.utils.clip_grad_value_([a, b], 0.7);
        Assert.Equal(0.7, b.grad![0].item<float>(), 1e-6);
    }

    [Fact]
    public void A_thousand_training_steps_leave_no_tensor_behind()
    {
        using var net = new SmallNet();
        using var optimizer = optim.AdamW(net.parameters(), 1e-3, weight_decay: 0.01);
        using var x = randn(2, 3, 8, 8);
        var first = Step();
        var live = Live();
        var last = first;
        for (var i = 0; i < 1000; i++)
            last = Step();
        Assert.Equal(live, Live());
        Assert.True(last < first);

        double Step()
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.mse_loss(net.call(x), ones(2, 2));
            loss.backward();
            nn.utils.clip_grad_norm_(net.parameters(), 1);
            optimizer.step();
            return loss.item<float>();
        }
    }

    private static long Live()
    {
        GC.Collect(); // what earlier tests left behind
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    private sealed class SmallNet : nn.Module<Tensor, Tensor>
    {
        internal readonly Conv2d conv1;
        private readonly BatchNorm2d _bn;
        private readonly ModuleList<Linear> layers;
        internal readonly Sequential head;
        private readonly Parameter scale;
        private readonly Tensor offset;

        internal SmallNet()
            : base(nameof(SmallNet))
        {
            conv1 = nn.Conv2d(3, 4, 3, padding: 1);
            _bn = nn.BatchNorm2d(4);
            layers = nn.ModuleList(nn.Linear(4, 4), nn.Linear(4, 4, false));
            head = nn.Sequential(("fc", nn.Linear(4, 2)), ("drop", nn.Dropout(0.1)));
            scale = nn.Parameter(ones(1));
            offset = zeros(1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            var x = nn.functional.relu(_bn.call(conv1.call(input))).mean([2, 3]); // [N, 4]
            foreach (var layer in layers)
                x = x + layer.call(x);
            return ((head.call(x) * scale) + offset).MoveToOuterDisposeScope();
        }
    }

    private sealed class Shared : nn.Module<Tensor, Tensor>
    {
        private readonly Linear one = nn.Linear(1, 1);
        private readonly Linear two;

        internal Shared()
            : base(nameof(Shared))
        {
            two = one;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => two.call(one.call(input));
    }
}
