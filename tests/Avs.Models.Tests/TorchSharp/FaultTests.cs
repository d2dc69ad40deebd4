using System.Diagnostics;
using System.Reflection;
using Avs.Models.Backbones;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Tests.TorchSharp;

/// <summary>
/// Faults of TorchSharp 0.107 that src/ goes round (docs/torchsharp.md). A test that fails here after an upgrade says that the fault is
/// gone, and with it the reason for the way round.
/// </summary>
[Collection(Alone.Name)]
public sealed class FaultTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    /// <summary>Initialisation.TruncatedNormal draws from a normal distribution instead.</summary>
    [Fact]
    public void Trunc_normal_multiplies_by_the_mean_and_adds_the_deviation()
    {
        Assert.All(nn.init.trunc_normal_(zeros(50), 0, 0.02).data<float>().ToArray(), weight => Assert.Equal(0.02f, weight));
        var ours = zeros(10000);
        Initialisation.TruncatedNormal(ours);
        Assert.InRange(ours.mean().item<float>(), -0.001, 0.001);
        Assert.InRange(ours.std().item<float>(), 0.0195, 0.0205);
    }

    /// <summary>LinearInteraction knows the operands' order.</summary>
    [Fact]
    public void Baddbmm_adds_its_last_operand() => Assert.Equal(
        2 * 3 + 5, baddbmm(full([1, 1, 1], 2f), full([1, 1, 1], 3f), full([1, 1, 1], 5f)).item<float>());

    /// <summary>Random numbers are drawn in the CPU's memory and moved (LatentNoise.cs).</summary>
    [Fact]
    public void A_generator_of_another_device_is_the_CPU_s()
    {
        using var generator = new Generator(1, META); // of CUDA too, which is not everywhere
        Assert.Equal(2, randn([2], generator: generator).shape[0]); // a generator of that device would be refused here
    }

    /// <summary>Tests that count tensors leave parameters out.</summary>
    [Fact]
    public void TotalCount_counts_a_parameter_twice_and_takes_back_one()
    {
        var before = Tensor.TotalCount;
        nn.Parameter(zeros(2)).Dispose();
        Assert.Equal(before + 1, Tensor.TotalCount);
    }

    [Fact]
    public void TotalCount_counts_the_gradient_that_is_not_there()
    {
        Tensor used = zeros(1).requires_grad_(), unused = zeros(1).requires_grad_();
        var loss = used.sum();
        var before = Tensor.TotalCount;
        foreach (var gradient in autograd.grad([loss], [used, unused], allow_unused: true))
            gradient.Dispose();
        Assert.Equal(before + 1, Tensor.TotalCount);
    }

    /// <summary>RunState.Restore takes the state out of its scope.</summary>
    [Fact]
    public void The_momentum_that_an_optimizer_reads_belongs_to_the_scope_of_the_caller()
    {
        var parameter = nn.Parameter(ones(2));
        parameter.grad = ones(2);
        using SGD saved = optim.SGD([parameter], 0.1, 0.9), restored = optim.SGD([parameter], 0.1, 0.9);
        saved.step();
        using var bytes = new MemoryStream();
        saved.save_state_dict(new BinaryWriter(bytes));
        bytes.Position = 0;
        using (NewDisposeScope())
            restored.load_state_dict(new BinaryReader(bytes));
        Assert.Throws<InvalidOperationException>(() => restored.step());
    }

    /// <summary>Nothing goes round it: TensorBoard shows the times of the figures, which are right.</summary>
    [Fact]
    public void The_first_record_of_TensorBoard_s_events_counts_its_time_from_the_year_1()
    {
        var folder = Directory.CreateTempSubdirectory("avs-fault-");
        utils.tensorboard.SummaryWriter(folder.FullName);
        var bytes = File.ReadAllBytes(Assert.Single(folder.GetFiles()).FullName);
        folder.Delete(recursive: true);
        Assert.Equal(9, bytes[12]); // field 1, a double: the time
        Assert.InRange(BitConverter.ToDouble(bytes, 13), 6.3e17, 1e18); // in units of 100 ns; seconds since 1970 are asked for
    }

    /// <summary>
    /// build/PatchTorchSharp.cs turns optimisation off in TorchSharp.dll: optimised, its methods let go of a Scalar that native code still
    /// reads, and the finalizer frees it. A GC.KeepAlive in TorchSharp's own methods would make that needless.
    /// </summary>
    [Fact]
    public void TorchSharp_s_methods_keep_their_arguments() =>
        Assert.True(typeof(torch).Assembly.GetCustomAttribute<DebuggableAttribute>()!.IsJITOptimizerDisabled);

    /// <summary>
    /// A tenth of what was run by hand, a million products beside 200,000 collections: with the package's own TorchSharp.dll that gave 25
    /// exceptions.
    /// </summary>
    [Fact]
    [Trait("Speed", "Slow")]
    public void A_hundred_thousand_products_with_a_number_survive_collections()
    {
        var collector = new Thread(() =>
        {
            for (var i = 0; i < 20_000; i++)
                GC.Collect(0);
        });
        collector.Start();
        var one = ones(1);
        for (var i = 0; i < 100_000 || collector.IsAlive; i++)
            (one * 1.5).Dispose();
        collector.Join();
    }
}
