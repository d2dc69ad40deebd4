using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>What a forward pass changes in a model beside its output: the running statistics of its normalisations.</summary>
internal sealed class RunningStatistics : IDisposable
{
    private readonly IReadOnlyList<(Tensor Live, Tensor Held)> entries;

    public RunningStatistics(nn.Module model)
    {
        using var untracked = no_grad();
        entries = [.. model.named_buffers().Select(entry => (entry.buffer, entry.buffer.clone().DetachFromDisposeScope()))];
    }

    /// <summary>Keeps them as they are now.</summary>
    public void Remember()
    {
        using var untracked = no_grad();
        foreach (var (live, held) in entries)
            held.copy_(live);
    }

    /// <summary>Makes them what they were then.</summary>
    public void PutBack()
    {
        using var untracked = no_grad();
        foreach (var (live, held) in entries)
            live.copy_(held);
    }

    public void Dispose()
    {
        foreach (var (_, held) in entries)
            held.Dispose();
    }
}
