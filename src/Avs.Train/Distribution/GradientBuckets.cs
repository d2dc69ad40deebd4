using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Distribution;

/// <summary>
/// Replaces gradients by their mean over all workers, some megabytes at a time: while one bucket is on its way the next is filled. Buckets
/// start when backward has ended, for TorchSharp has no hooks on tensors that would say when a gradient is ready.
/// </summary>
public sealed class GradientBuckets : IDisposable
{
    /// <summary>PyTorch's DistributedDataParallel takes 25 MB as well.</summary>
    public const long UsualFloats = 25 << 18;

    private readonly ICommunicator workers;
    private readonly List<(Tensor Memory, List<Parameter> Parameters)> buckets = [];

    /// <param name="workers">Who takes part.</param>
    /// <param name="parameters">The same everywhere, in the same order.</param>
    /// <param name="floats">A bucket's size; a larger parameter has a bucket of its own.</param>
    public GradientBuckets(ICommunicator workers, IEnumerable<Parameter> parameters, long floats = UsualFloats)
    {
        this.workers = workers;
        if (workers.Size == 1)
            return;
        // The last layers' gradients are made first; in that order, those of a bucket lie near each other.
        List<Parameter> some = [];
        var size = 0L;
        foreach (var parameter in parameters.Reverse())
        {
            if (size > 0 && size + parameter.numel() > floats)
                Close();
            some.Add(parameter);
            size += parameter.numel();
        }
        if (size > 0)
            Close();

        void Close()
        {
            buckets.Add((empty(size, ScalarType.Float32, CPU).DetachFromDisposeScope(), some));
            (some, size) = ([], 0);
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => buckets.Count;

    /// <summary>Bytes that every worker gives in a step.</summary>
    public long Bytes => buckets.Sum(bucket => bucket.Memory.numel()) * sizeof(float);

    /// <summary>Replaces the gradients. A parameter without one counts as zeros, and stays without where all are.</summary>
    public void Average()
    {
        if (workers.Size == 1)
            return;
        using var untracked = no_grad();
        var waiting = new Queue<Action>();
        foreach (var (memory, parameters) in buckets)
        {
            Each(memory, parameters, (parameter, part) =>
            {
                if (parameter.grad is { } gradient)
                    part.copy_(gradient);
                else
                    part.zero_();
            });
            using (var scope = NewDisposeScope())
                memory.div_(workers.Size);
            waiting.Enqueue(workers.BeginSum(memory));
        }
        foreach (var (memory, parameters) in buckets)
        {
            waiting.Dequeue()();
            Each(memory, parameters, (parameter, part) =>
            {
                if (parameter.grad is { } gradient)
                    gradient.copy_(part);
                else if (part.any().item<bool>())
                    parameter.grad = part.to(parameter.device).clone().DetachFromDisposeScope();
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (memory, _) in buckets)
            memory.Dispose();
    }

    private static void Each(Tensor memory, List<Parameter> parameters, Action<Parameter, Tensor> work)
    {
        using var scope = NewDisposeScope();
        var at = 0L;
        foreach (var parameter in parameters)
        {
            work(parameter, memory.narrow(0, at, parameter.numel()).view(parameter.shape));
            at += parameter.numel();
        }
    }
}
