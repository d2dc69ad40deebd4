using Avs.Models.Memory;
using Avs.Train.Distribution;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Distribution;

/// <summary>A BatchNorm of two workers with half of a batch each, against libtorch's own with the whole.</summary>
public sealed class SyncBatchNormTests
{
    private const int Rows = 6, Channels = 3;

    // A large mean beside a small deviation, where sums of squares in single precision would lose what counts.
    private static Tensor Batch(long[] shape) => randn(shape, generator: new Generator(5)) * 0.5 + 100;

    private static BatchNorm Norm(int dimensions)
    {
        BatchNorm norm = dimensions switch
        {
            2 => nn.BatchNorm1d(Channels),
            4 => nn.BatchNorm2d(Channels),
            _ => nn.BatchNorm3d(Channels),
        };
        using var untracked = no_grad();
        norm.weight!.copy_(tensor(new[] { 0.5f, -1, 2 }));
        norm.bias!.copy_(tensor(new[] { 0.1f, 0, -3 }));
        return norm;
    }

    private sealed record Result(float[] Output, float[] Input, float[] Weight, float[] Bias, float[] Mean, float[] Variance, long Batches);

    // Two steps, so that the running statistics have moved twice; a loss that weighs every number differently.
    private static Result Train(BatchNorm norm, Tensor x, Tensor weights)
    {
        static float[] Floats(Tensor values) => values.detach().contiguous().data<float>().ToArray();
        norm.train();
        Tensor y = null!;
        for (var step = 0; step < 2; step++)
        {
            x = x.detach().requires_grad_();
            norm.zero_grad();
            y = norm.call(x);
            Backpropagation.Run((y * weights).sum());
        }
        return new Result(
            Floats(y), Floats(x.grad!), Floats(norm.weight!.grad!), Floats(norm.bias!.grad!), Floats(norm.running_mean!),
            Floats(norm.running_var!), norm.num_batches_tracked!.item<long>());
    }

    [Theory]
    [InlineData("")]
    [InlineData("4 5")]
    [InlineData("2 3 2")]
    public void Two_halves_are_normalised_like_the_whole(string places)
    {
        long[] shape = [Rows, Channels, .. places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        var (x, weights) = (Batch(shape), randn(shape, generator: new Generator(6)));
        var whole = Train(Norm(shape.Length), x, weights);
        var parts = Workers.Run(2, worker =>
        {
            var norm = Norm(shape.Length);
            using var sync = new SyncBatchNorm(norm, worker.Sum);
            Tensor Half(Tensor all) => all.narrow(0, worker.Rank * Rows / 2, Rows / 2);
            return Train(norm, Half(x), Half(weights));
        });

        void Near(float[] expected, IEnumerable<float> found, double tolerance) =>
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        Near(whole.Output, parts[0].Output.Concat(parts[1].Output), 2e-4); // float32 numbers around 100 have steps of 8e-6
        Near(whole.Input, parts[0].Input.Concat(parts[1].Input), 2e-4);
        Near(whole.Weight, parts[0].Weight.Zip(parts[1].Weight, (a, b) => a + b), 2e-3);
        Near(whole.Bias, parts[0].Bias.Zip(parts[1].Bias, (a, b) => a + b), 1e-4);
        foreach (var part in parts)
        {
            Near(whole.Mean, part.Mean, 1e-5);
            Near(whole.Variance, part.Variance, 1e-6);
            Assert.Equal(2, part.Batches);
        }
    }

    [Fact]
    public void Switched_off_in_evaluation_or_gone_it_changes_nothing()
    {
        long[] shape = [Rows, Channels, 4, 5];
        var x = Batch(shape);
        BatchNorm plain = Norm(4), changed = Norm(4);
        using (var sync = new SyncBatchNorm(changed, _ => throw new InvalidOperationException("nobody is to be asked")))
        {
            changed.eval();
            plain.eval();
            Assert.True(changed.call(x).equal(plain.call(x)).all().item<bool>());
            changed.train();
            plain.train();
            sync.IsOn = false;
            Assert.True(changed.call(x).equal(plain.call(x)).all().item<bool>());
            sync.IsOn = true;
            Assert.Throws<InvalidOperationException>(() => changed.call(x));
        }
        Assert.True(changed.call(x).equal(plain.call(x)).all().item<bool>());
    }

    [Fact]
    public void An_error_of_the_others_in_backward_is_thrown_where_backward_was_begun()
    {
        var norm = Norm(4);
        var calls = 0;
        using var sync = new SyncBatchNorm(norm, _ =>
        {
            if (++calls == 2)
                throw new CommunicationException("gone");
        });
        var y = norm.call(Batch([Rows, Channels, 4, 5]).requires_grad_());
        Assert.Equal("gone", Assert.Throws<CommunicationException>(() => Backpropagation.Run(y.sum())).Message);
    }

    [Fact]
    public void It_leaves_no_tensor_behind()
    {
        var norm = Norm(4);
        using var sync = new SyncBatchNorm(norm, _ => { });
        var counts = new List<long>();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        for (var step = 0; step < 5; step++)
        {
            using (NewDisposeScope())
            {
                norm.zero_grad();
                Backpropagation.Run(norm.call(Batch([Rows, Channels, 4, 5]).requires_grad_()).sum());
            }
            counts.Add(Tensor.TotalCount);
        }
        Assert.True(counts[^1] <= counts[1], string.Join(", ", counts));
    }
}
