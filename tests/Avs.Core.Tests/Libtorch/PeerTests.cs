using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Core.Tests.Libtorch;

/// <summary>
/// Every TorchSharp function that src/ calls gives what PyTorch gives, in the form in which it is called: value, shape, type and gradients
/// (peer.py, peer.txt).
/// </summary>
public sealed class PeerTests
{
    private static readonly Dictionary<string, Case> Cases = new()
    {
        // operators
        ["add"] = new(x => x[0] + x[1], A, B),
        ["add double"] = new(x => x[0] + 2.5, A),
        ["add int"] = new(x => x[0] + 2, A),
        ["sub"] = new(x => x[0] - x[1], A, B),
        ["sub int"] = new(x => x[0] - 2, A),
        ["int sub"] = new(x => 2 - x[0], A),
        ["mul"] = new(x => x[0] * x[1], A, B),
        ["mul double"] = new(x => x[0] * 2.5, A),
        ["mul int"] = new(x => x[0] * 3, A),
        ["div"] = new(x => x[0] / x[1], A, P),
        ["div double"] = new(x => x[0] / 2.5, A),
        ["div int"] = new(x => x[0] / 3, A),
        ["int div"] = new(x => 3 / x[0], P),
        ["neg"] = new(x => -x[0], A),
        ["broadcast"] = new(x => x[0] * x[1], A, () => Sines(4, 3)),
        ["int tensor div"] = new(_ => arange(1, 5, 1, ScalarType.Int64) / 2),
        ["byte to float"] = new(_ => tensor(new byte[] { 0, 127, 255 }).to(ScalarType.Float32) / 255),
        ["greater"] = new(_ => (A() > 0).to(ScalarType.Float32)),
        ["gt"] = new(_ => A().gt(0.5)),
        ["greater or equal"] = new(_ => A() >= Math.Sin(1.7)),
        ["less"] = new(_ => A() < Math.Sin(1.7)),
        ["not equal"] = new(_ => tensor(new long[] { 1, 2, 3 }) != tensor(new long[] { 1, 5, 3 })),

        // element by element
        ["abs"] = new(x => x[0].abs(), A),
        ["exp"] = new(x => x[0].exp(), A),
        ["log"] = new(x => x[0].log(), P),
        ["sqrt"] = new(x => x[0].sqrt(), P),
        ["rsqrt"] = new(x => x[0].rsqrt(), P),
        ["square"] = new(x => x[0].square(), A),
        ["sigmoid"] = new(x => x[0].sigmoid(), A),
        ["tanh"] = new(x => x[0].tanh(), A),
        ["round"] = new(_ => tensor(new[] { 0.5f, 1.5f, 2.5f, -0.5f, 2.4f }).round()),
        ["clamp"] = new(x => x[0].clamp(-0.5, 0.25), A),
        ["logaddexp"] = new(x => logaddexp(x[0], x[1]), A, B),
        ["gelu"] = new(x => F.gelu(x[0]), A),
        ["relu"] = new(x => F.relu(x[0]), A),
        ["relu in place"] = new(x => F.relu(x[0] * 2, true), A),
        ["leaky relu"] = new(x => F.leaky_relu(x[0], 0.01), A),
        ["leaky relu in place"] = new(x => F.leaky_relu(x[0] * 2, 0.01, true), A),
        ["log softmax"] = new(x => F.log_softmax(x[0], 1), A),

        // reductions
        ["sum"] = new(x => x[0].sum(), A),
        ["sum of bytes"] = new(_ => tensor(new byte[] { 200, 100 }).sum()),
        ["sum dim"] = new(x => x[0].sum(1), A),
        ["sum negative dim"] = new(x => x[0].sum(-1), A),
        ["sum dim kept"] = new(x => x[0].sum(1, keepdim: true), A),
        ["sum dims"] = new(x => x[0].sum([0, 2]), () => Sines(5, 2, 2, 3)),
        ["sum as double"] = new(_ => A().to(ScalarType.Float32).sum(ScalarType.Float64).round()),
        ["mean"] = new(x => x[0].mean(), A),
        ["mean dims"] = new(x => x[0].mean([1, 2]), () => Sines(5, 2, 2, 3)),
        ["mean dims kept"] = new(x => x[0].mean([1, 2], keepdim: true), () => Sines(5, 2, 2, 3)),
        ["var"] = new(x => x[0].var(0, false), () => Sines(5, 4, 3)),
        ["amax"] = new(x => x[0].amax([1, 2]), () => Sines(5, 2, 2, 3)),
        ["argmin"] = new(_ => Sines(5, 4, 3).argmin(1)),
        ["norm"] = new(x => x[0].norm(), A),
        ["cumsum"] = new(x => x[0].cumsum(1), A),

        // shapes
        ["cat"] = new(x => cat([x[0], x[1]], 1), A, B),
        ["cat negative"] = new(x => cat([x[0], x[1]], -1), A, B),
        ["stack"] = new(x => stack([x[0], x[1]]), A, B),
        ["stack dim"] = new(x => stack([x[0], x[1]], 2), A, B),
        ["chunk"] = new(x => x[0].chunk(2, -1)[1], C),
        ["unbind"] = new(x => x[0].unbind(0)[1], C),
        ["narrow"] = new(x => x[0].narrow(2, 1, 2), C),
        ["select"] = new(x => x[0].select(1, 2), C),
        ["expand"] = new(x => x[0].unsqueeze(-1).expand(2, 3, 2), A),
        ["flatten"] = new(x => x[0].flatten(), C),
        ["flatten from"] = new(x => x[0].flatten(1), C),
        ["flatten between"] = new(x => x[0].flatten(0, 1), C),
        ["unflatten"] = new(x => x[0].unflatten(0, [-1, 2]), () => Sines(6, 4, 2)),
        ["permute"] = new(x => x[0].permute(2, 0, 1), C),
        ["transpose"] = new(x => x[0].transpose(1, 2), C),
        ["t"] = new(x => x[0].t(), A),
        ["reshape"] = new(x => x[0].permute(2, 0, 1).reshape(4, -1), C),
        ["view"] = new(x => x[0].view(-1, 6), C),
        ["repeat"] = new(x => x[0].repeat(2), () => Sines(6, 3)),
        ["repeat interleave"] = new(x => x[0].repeat_interleave(2), () => Sines(6, 3)),
        ["repeat interleave dim"] = new(x => x[0].repeat_interleave(2, 0), A),
        ["roll"] = new(x => x[0].roll([-1, 2], [1, 2]), C),
        ["flip"] = new(x => x[0].flip(1, 2), C),
        ["squeeze"] = new(x => x[0].squeeze(-1), () => Sines(6, 1, 3, 1)),
        ["squeeze all"] = new(x => x[0].squeeze(), () => Sines(6, 1, 3, 1)),
        ["unsqueeze"] = new(x => x[0].unsqueeze(-1), A),
        ["index select"] = new(x => x[0].index_select(0, tensor(new long[] { 1, 1, 0 })), A),
        ["index copy"] = new(x => x[0].index_copy(0, tensor(new long[] { 2, 0 }), x[1]), () => Sines(6, 3, 3), A),
        ["pad"] = new(x => F.pad(x[0], new long[] { 1, 2, 0, 1 }), A),
        ["pad three"] = new(x => F.pad(x[0], [0, 0, 0, 1, 0, 2]), () => Sines(6, 2, 2, 2)),
        ["pixel shuffle"] = new(x => F.pixel_shuffle(x[0], 2), () => Sines(6, 1, 4, 2, 3)),
        ["contiguous"] = new(x => x[0].t().contiguous(), A),

        // products
        ["matmul"] = new(x => x[0].matmul(x[1]), A, () => Sines(1, 3, 2)),
        ["matmul batch by matrix"] = new(x => x[0].matmul(x[1]), C, () => Sines(1, 4, 2)),
        ["matmul by vector"] = new(x => x[0].matmul(x[1]), C, () => Sines(1, 4)),
        ["mm"] = new(x => x[0].mm(x[1]), A, () => Sines(1, 3, 2)),
        ["bmm"] = new(x => x[0].bmm(x[1]), C, () => Sines(1, 2, 4, 2)),
        // input + batch1·batch2 in PyTorch; TorchSharp's this and first argument are multiplied, and its second is added
        ["baddbmm"] = new(x => x[0].baddbmm(x[1], x[2]), C, () => Sines(1, 2, 4, 2), () => Sines(2, 2, 3, 1)),
        ["linear"] = new(x => F.linear(x[0], x[1], x[2]), A, () => Sines(1, 2, 3), () => Sines(2, 2)),
        ["linear without bias"] = new(x => F.linear(x[0], x[1]), A, () => Sines(1, 2, 3)),
        ["conv2d"] = new(x => F.conv2d(x[0], x[1], x[2], [2, 1], [1, 0], [1, 2]), M, () => Sines(1, 3, 2, 2, 2), () => Sines(2, 3)),
        ["conv2d groups"] = new(x => F.conv2d(x[0], x[1], null, [1, 1], [1, 1], [1, 1], 2), M, () => Sines(1, 4, 1, 3, 3)),
        ["conv2d plain"] = new(x => F.conv2d(x[0], x[1]), M, () => Sines(1, 1, 2, 3, 3)),
        ["conv transpose2d"] = new(x => F.conv_transpose2d(x[0], x[1], null, [2, 2], [1, 1], [1, 0]),
            () => Sines(7, 1, 2, 2, 2), () => Sines(1, 2, 1, 3, 3)),
        ["attention"] = new(x => F.scaled_dot_product_attention(x[0], x[1], x[2]),
            () => Sines(1, 1, 2, 3, 2), () => Sines(2, 1, 2, 4, 2), () => Sines(3, 1, 2, 4, 2)),
        ["attention with a bias"] = new(x => F.scaled_dot_product_attention(x[0], x[1], x[2], x[3]),
            () => Sines(1, 1, 2, 3, 2), () => Sines(2, 1, 2, 4, 2), () => Sines(3, 1, 2, 4, 2), () => Sines(4, 2, 3, 4)),

        // pools, sizes, norms, losses
        ["max pool2d"] = new(x => F.max_pool2d(x[0], new long[] { 3, 3 }, new long[] { 2, 2 }, new long[] { 1, 1 }), M),
        ["adaptive avg pool2d"] = new(x => F.adaptive_avg_pool2d(x[0], [3, 2]), M),
        ["adaptive max pool2d"] = new(x => F.adaptive_max_pool2d(x[0], [3, 2]), M),
        ["interpolate nearest None scale"] = new(x => F.interpolate(x[0], scale_factor: [2, 2], mode: InterpolationMode.Nearest), Small),
        ["interpolate nearest None size"] = new(x => F.interpolate(x[0], [3, 5], mode: InterpolationMode.Nearest), Small),
        ["interpolate bilinear False scale"] =
            new(x => F.interpolate(x[0], scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: false), Small),
        ["interpolate bilinear False size"] = new(x => F.interpolate(x[0], [3, 5], null, InterpolationMode.Bilinear, false), Small),
        ["interpolate bilinear True scale"] =
            new(x => F.interpolate(x[0], scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: true), Small),
        ["interpolate bilinear True size"] = new(x => F.interpolate(x[0], [3, 5], null, InterpolationMode.Bilinear, true), Small),
        ["normalize"] = new(x => F.normalize(x[0], 2, 1), A),
        ["bce"] = new(x => F.binary_cross_entropy_with_logits(x[0], x[1].sigmoid()), A, B),
        ["bce each"] = new(x => F.binary_cross_entropy_with_logits(x[0], x[1].sigmoid(), reduction: nn.Reduction.None), A, B),
        ["batch norm of a batch"] = new(x => F.batch_norm(x[0], Sines(1, 2), Positive(2, 2), x[1], x[2], true, 0.0, 1e-3),
            N, () => Sines(3, 2), () => Sines(4, 2)),
        ["batch norm of what ran"] = new(x => F.batch_norm(x[0], Sines(1, 2), Positive(2, 2), x[1], x[2], false, 0.1, 1e-3),
            N, () => Sines(3, 2), () => Sines(4, 2)),

        // modules
        ["running mean"] = new(_ => AfterTwoBatches().running_mean!),
        ["running var"] = new(_ => AfterTwoBatches().running_var!),
        ["batches tracked"] = new(_ => AfterTwoBatches().num_batches_tracked!),
        ["Conv2d"] = new(x => Filled(nn.Conv2d(2, 3, 3, stride: 2, padding: 1, dilation: 1)).call(x[0]), M),
        ["Conv2d grouped"] = new(x => Filled(nn.Conv2d(2, 4, 3, padding: 2, dilation: 2, groups: 2, bias: false)).call(x[0]), M),
        ["Conv3d"] = new(x => Filled(nn.Conv3d(2, 3, 1)).call(x[0]), () => Sines(7, 1, 2, 2, 2, 2)),
        ["Linear"] = new(x => Filled(nn.Linear(3, 2)).call(x[0]), A),
        ["LayerNorm"] = new(x => Filled(nn.LayerNorm(3, 1e-6)).call(x[0]), A),
        ["LayerNorm as it is"] = new(x => nn.LayerNorm(3).to(ScalarType.Float64).call(x[0]), A),
        ["BatchNorm2d as it is"] = new(x => nn.BatchNorm2d(2).to(ScalarType.Float64).call(x[0]), N),
        ["MaxPool2d"] = new(x => nn.MaxPool2d(2, 2).call(x[0]), M),
        ["ReLU"] = new(x => nn.ReLU().call(x[0]), A),
        ["Sigmoid"] = new(x => nn.Sigmoid().call(x[0]), A),
        ["Identity"] = new(x => nn.Identity().call(x[0]), A),
        ["Sequential"] = new(x => nn.Sequential(Filled(nn.Linear(3, 2)), nn.ReLU(true), nn.Identity()).call(x[0]), A),

        // new tensors
        ["arange"] = new(_ => arange(4)),
        ["arange steps"] = new(_ => arange(0, 10, 5)),
        ["arange of int64"] = new(_ => arange(0, 10, 5, ScalarType.Int64)),
        ["eye"] = new(_ => eye(2, 3, dtype: ScalarType.Float64)),
        ["ones"] = new(_ => ones(2)),
        ["zeros"] = new(_ => zeros(2, 3)),
        ["zeros like"] = new(_ => zeros_like(A())),
        ["seeded randn"] = new(_ => Seeded(() => randn(3))),
        ["seeded randn of many"] = new(_ => Seeded(() => { randn(3).Dispose(); return randn(2, 8); })),
        ["randn of a generator"] = new(_ => randn([2, 3], generator: new Generator(7))),
        ["rand of a generator"] = new(_ => SecondDraw(7)),

        // optimizers
        ["Adam"] = new(_ => Moved(p => optim.Adam([new Adam.ParamGroup(p, 0.1, 0.8, 0.9, 1e-3, 0)], 0.1))),
        ["Adam with decay"] = new(_ => Moved(p => optim.Adam([new Adam.ParamGroup(p, 0.1, 0.8, 0.9, 1e-3, 0.2)], 0.1))),
        ["AdamW"] = new(_ => Moved(p => optim.AdamW([new AdamW.ParamGroup(p, 0.1, 0.8, 0.9, 1e-3, 0.2)], 0.1))),
        ["SGD"] = new(_ => Moved(p => optim.SGD([new SGD.ParamGroup(p, 0.1, 0.8, 0, 0.2)], 0.1))),
        ["SGD without momentum"] = new(_ => Moved(p => optim.SGD([new SGD.ParamGroup(p, 0.1, 0, 0, 0)], 0.1))),
        ["clip"] = new(_ => Clipped(0.5)),
        ["clip of short ones"] = new(_ => Clipped(50)),
        ["clip without an end"] = new(_ => Clipped(double.PositiveInfinity)),
    };

    private static readonly Dictionary<string, Values> Peer = Read();

    public static IEnumerable<object[]> Names() => Peer.Keys.Where(name => !name.Contains('/')).Select(name => new object[] { name });

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_gives_what_PyTorch_gives(string name)
    {
        using var scope = NewDisposeScope();
        var (call, given) = Cases[name];
        Tensor[] leaves = [.. given.Select(make => make().requires_grad_())];
        var result = call(leaves);
        Values.AssertEqual(Peer[name], result);
        if (Peer.Keys.All(key => !key.StartsWith(name + "/", StringComparison.Ordinal)))
            return;
        (result * Sines(9, result.shape).to(result.dtype)).sum().backward();
        for (var i = 0; i < leaves.Length; i++)
            Values.AssertEqual(Peer[$"{name}/{i}"], leaves[i].grad!);
    }

    private static Tensor A() => Sines(0, 2, 3);

    private static Tensor B() => Sines(1, 2, 3);

    private static Tensor C() => Sines(6, 2, 3, 4);

    private static Tensor M() => Sines(7, 1, 2, 5, 4);

    private static Tensor N() => Sines(8, 3, 2, 2, 2);

    private static Tensor P() => Positive(2, 2, 3);

    private static Tensor Small() => Sines(7, 1, 1, 2, 3);

    private static Tensor Sines(double seed, params long[] shape) => Numbers(i => Math.Sin(1.7 * i + seed), shape);

    private static Tensor Positive(double seed, params long[] shape) => Numbers(i => Math.Abs(Math.Sin(1.7 * i + seed)) + 0.1, shape);

    private static Tensor Numbers(Func<int, double> number, long[] shape) =>
        tensor(Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(number).ToArray(), shape);

    private static T Filled<T>(T module) where T : nn.Module
    {
        module.to(ScalarType.Float64);
        using var untracked = no_grad();
        foreach (var (parameter, i) in module.parameters().Select((parameter, i) => (parameter, i)))
            parameter.copy_(Sines(i + 3, parameter.shape));
        return module;
    }

    private static BatchNorm2d AfterTwoBatches()
    {
        var norm = nn.BatchNorm2d(2).to(ScalarType.Float64);
        norm.call(N());
        norm.call(N() * 2 + 1);
        return norm;
    }

    private static Tensor Seeded(Func<Tensor> draw)
    {
        lock (Peer) // the seed is the process's: no other test of this class may draw from it meanwhile
        {
            manual_seed(5);
            return draw();
        }
    }

    private static Tensor SecondDraw(ulong seed)
    {
        using var generator = new Generator(seed);
        randn([2, 3], generator: generator).Dispose();
        return rand([2, 3], generator: generator);
    }

    private static Tensor Moved(Func<Parameter[], OptimizerHelper> create)
    {
        var parameter = nn.Parameter(Sines(1, 3));
        using var optimizer = create([parameter]);
        for (var step = 0; step < 3; step++)
        {
            parameter.grad = Sines(step + 2, 3);
            optimizer.step();
        }
        return parameter.detach();
    }

    private static Tensor Clipped(double largest)
    {
        // the third has no gradient
        Parameter[] parameters = [nn.Parameter(Sines(1, 3)), nn.Parameter(Sines(1, 2)), nn.Parameter(Sines(1, 2))];
        (parameters[0].grad, parameters[1].grad) = (Sines(2, 3), Sines(3, 2));
        var norm = nn.utils.clip_grad_norm_(parameters, largest);
        return cat([tensor(new[] { norm }), parameters[0].grad!, parameters[1].grad!]);
    }

    private static Dictionary<string, Values> Read()
    {
        using var reader = new StreamReader(typeof(PeerTests).Assembly.GetManifestResourceStream("peer.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(" = ")).ToDictionary(
            parts => parts[0], parts => Values.Parse(parts[1]));
    }

    private sealed record Case(Func<Tensor[], Tensor> Call, params Func<Tensor>[] Given);

    private sealed record Values(string Type, string Shape, double[] Numbers)
    {
        public static Values Parse(string text)
        {
            var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return new(words[0], words[1], [.. words.Skip(2).Select(word => double.Parse(word, CultureInfo.InvariantCulture))]);
        }

        public static void AssertEqual(Values expected, Tensor found)
        {
            Assert.Equal((expected.Type, expected.Shape),
                (found.dtype.ToString().Replace("Byte", "UInt8").ToLowerInvariant(), $"[{string.Join(',', found.shape)}]"));
            var tolerance = found.dtype == ScalarType.Float32 ? 1e-6 : 1e-10;
            var numbers = found.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
            Assert.All(expected.Numbers.Zip(numbers),
                pair => Assert.Equal(pair.First, pair.Second, tolerance * (1 + Math.Abs(pair.First))));
        }
    }
}
