using Avs.Libtorch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models;

/// <summary>
/// What a function's forward keeps for its backward, until backward lets it go. TorchSharp's save_for_backward keeps it until the whole graph goes, which is
/// when the last of the loss's wrappers is disposed of.
/// </summary>
internal sealed class Kept(IEnumerable<Tensor?> tensors) : IDisposable
{
    // Parameters as they are: they are the leaves. Of the rest the numbers alone, so that nothing of the graph before is held.
    private readonly (Tensor? Values, bool Learns)[] kept =
        [.. tensors.Select(one => (one is null or Parameter ? one : one.detach().DetachFromDisposeScope(), one is { requires_grad: true }))];

    private readonly DeviceType device = tensors.OfType<Tensor>().First().device_type;
    private readonly bool autocast = Autocast.IsEnabled(tensors.OfType<Tensor>().First().device_type);

    /// <summary>Lets backward compute as forward did until the result is disposed: it runs after autocast has ended, or on another thread.</summary>
    public Autocast AsInForward() => new(device, autocast);

    /// <summary>Whether there will be a backward: forward itself runs without gradients and cannot tell.</summary>
    public static bool Wanted(IEnumerable<Tensor?> tensors) => is_grad_enabled() && tensors.Any(one => one is { requires_grad: true });

    public int Count => kept.Length;

    public Tensor this[int index] => kept[index].Values!;

    /// <summary>A tensor of the same numbers that learns where the kept one did, and nothing before it.</summary>
    public Tensor Leaf(int index) => kept[index].Values!.detach().requires_grad_(kept[index].Learns);

    public bool Learns(int index) => kept[index].Learns;

    public void Dispose()
    {
        foreach (var (values, _) in kept)
            if (values is not Parameter)
                values?.Dispose();
    }
}

/// <summary>
/// What a function's backward returned. TorchSharp reads it after backward has returned and then leaves it to a scope: it is let go at the next backward of
/// the same thread instead.
/// </summary>
internal static class Returned
{
    [ThreadStatic]
    private static List<Tensor?>? last;

    public static List<Tensor> Keep(List<Tensor> gradients)
    {
        Release(); // those of a function that this one's backward has run again
        foreach (var gradient in gradients)
            gradient?.DetachFromDisposeScope();
        last = [.. gradients];
        return gradients;
    }

    public static void Release()
    {
        if (last is { } some)
            foreach (var gradient in some)
                gradient?.Dispose();
        last = null;
    }
}
