using Avs.Train.Distribution;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Distribution;

public sealed class CommunicatorTests
{
    [Fact]
    public void Every_worker_has_the_sum_of_all() =>
        Assert.All(Workers.Run(3, worker => worker.Sum(worker.Rank + 1, 10 * worker.Rank)), sums => Assert.Equal([6, 30], sums));

    [Fact]
    public void Threads_of_several_processes_add_up_over_all_of_them()
    {
        var sums = Workers.Run(2, process =>
        {
            var threads = ThreadCommunicator.Create(2, process);
            var found = new (int Rank, int Size, double Sum)[2];
            Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
            {
                found[i] = (threads[i].Rank, threads[i].Size, threads[i].Sum(Math.Pow(10, threads[i].Rank))[0]);
            });
            return found;
        });
        Assert.Equal([(0, 4, 1111), (1, 4, 1111), (2, 4, 1111), (3, 4, 1111)], sums.SelectMany(each => each));
    }

    [Fact]
    public void Everyone_gets_the_bytes_of_each_in_order()
    {
        byte[][] own = [[1, 2, 3], [], [4]];
        Assert.All(Workers.Run(3, worker => worker.Gather(own[worker.Rank])), all => Assert.Equal(own, all));
        Assert.Equal([[7]], SingleProcess.Instance.Gather([7]));
    }

    [Fact]
    public void Decisions_are_everyones_or_the_first_ones()
    {
        Assert.All(Workers.Run(2, worker => worker.Any(worker.Rank == 1)), Assert.True);
        Assert.All(Workers.Run(2, worker => worker.FromFirst(() => $"of {worker.Rank}")), text => Assert.Equal("of 0", text));
    }

    [Fact]
    public void Others_work_only_when_the_first_has_done_it()
    {
        var order = new List<int>();
        Workers.Run(2, worker => worker.FirstThenOthers(() =>
        {
            if (worker.Rank == 0)
                Thread.Sleep(50);
            lock (order)
                order.Add(worker.Rank);
            return 0;
        }));
        Assert.Equal([0, 1], order);
    }

    [Fact]
    public void Nobody_waits_for_one_that_has_failed() =>
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => Workers.Run(2, worker =>
            worker.Rank == 1 ? throw new InvalidOperationException("broken") : worker.Sum(1.0))).Message);

    [Theory]
    [InlineData(1, 4)] // each parameter is larger
    [InlineData(5, 3)] // 3 + 2, 4, 3 from the last
    [InlineData(100, 1)]
    public void Gradients_are_the_means_whatever_the_buckets(long floats, int buckets)
    {
        long[][] shapes = [[3], [2, 2], [2], [3]];
        var found = Workers.Run(2, worker =>
        {
            var parameters = shapes.Select(shape => nn.Parameter(zeros(shape))).ToArray();
            using (no_grad())
            {
                for (var i = 0; i < shapes.Length; i++)
                    parameters[i].grad = full(shapes[i], 1f + 2 * i + 10 * worker.Rank);
            }
            using var gradients = new GradientBuckets(worker, parameters, floats);
            gradients.Average();
            gradients.Average(); // equal already: stays
            return (gradients.Count, Means: parameters.Select(parameter => parameter.grad!.data<float>().ToArray()).ToArray());
        });
        foreach (var (count, means) in found)
        {
            Assert.Equal(buckets, count);
            Assert.Equal(shapes.Select((shape, i) => Enumerable.Repeat(6f + 2 * i, (int)shape.Aggregate(1L, (a, b) => a * b))), means);
        }
    }

    [Fact]
    public void A_gradient_that_only_one_has_counts_and_one_that_nobody_has_stays_away()
    {
        var found = Workers.Run(2, worker =>
        {
            Parameter one = nn.Parameter(zeros(2)), none = nn.Parameter(zeros(2));
            if (worker.Rank == 1)
                one.grad = full([2], 4f);
            using var gradients = new GradientBuckets(worker, [one, none]);
            gradients.Average();
            return (One: one.grad?.data<float>().ToArray(), none.grad);
        });
        Assert.All(found, each =>
        {
            Assert.Equal([2f, 2f], each.One!);
            Assert.Null(each.grad);
        });
    }
}
