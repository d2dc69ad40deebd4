using Avs.Models.Fusion;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Parity.Comparison;

/// <summary>
/// Sees what the modules of a network return, by the modules' names, until it is disposed of. What returns several maps is seen as
/// <c>name/0</c>, <c>name/1</c>
/// and so on; of a fusion block it is the visual map.
/// </summary>
internal sealed class ForwardHooks : IDisposable
{
    private readonly List<Action> removers = [];
    private readonly Action<string, Tensor> see;

    /// <param name="names">Which of its modules, out of <c>named_modules()</c>; other names are passed over.</param>
    /// <param name="see">Given each result; the tensors are the network's.</param>
    public ForwardHooks(nn.Module network, IEnumerable<string> names, Action<string, Tensor> see)
    {
        this.see = see;
        var modules = network.named_modules().ToDictionary(entry => entry.name, entry => entry.module);
        foreach (var name in names.Where(modules.ContainsKey))
            Watch(name, modules[name]);
    }

    public void Dispose()
    {
        foreach (var remove in removers)
            remove();
    }

    // One line for each kind of module: TorchSharp's hooks are typed by what a module takes and returns.
    private void Watch(string name, nn.Module module) => removers.Add(module switch
    {
        nn.Module<Tensor, Tensor> m => m.register_forward_hook((_, _, y) => One(name, y)).remove,
        nn.Module<Tensor, Tensor, Tensor> m => m.register_forward_hook((_, _, _, y) => One(name, y)).remove,
        nn.Module<Tensor, IReadOnlyList<Tensor>> m => m.register_forward_hook((_, _, y) => Several(name, y)).remove,
        nn.Module<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> m => m.register_forward_hook((_, _, y) => Several(name, y)).remove,
        nn.Module<Tensor, Tensor, ClipFrames, FusedFeatures> m => m.register_forward_hook((_, _, _, _, y) => Fused(name, y)).remove,
        nn.Module<Tensor, Tensor, ClipFrames, AvsBenchTpavi.Result> m => m.register_forward_hook((_, _, _, _, y) => Fused(name, y)).remove,
        _ => throw new NotCoveredException($"no hook for the module '{name}', a {module.GetType().Name}"),
    });

    private Tensor One(string name, Tensor y)
    {
        see(name, y);
        return y;
    }

    private IReadOnlyList<Tensor> Several(string name, IReadOnlyList<Tensor> y)
    {
        for (var i = 0; i < y.Count; i++)
            see($"{name}/{i}", y[i]);
        return y;
    }

    private FusedFeatures Fused(string name, FusedFeatures y)
    {
        see(name, y.Visual);
        return y;
    }

    private AvsBenchTpavi.Result Fused(string name, AvsBenchTpavi.Result y)
    {
        see(name, y.Visual);
        return y;
    }
}
