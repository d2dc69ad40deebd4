using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Parity.Comparison;

/// <summary>The fill rule in tensors: inputs, weights, noise, and results on their way to the comparison.</summary>
internal static class ParityTensors
{
    /// <summary>A tensor of float32 values.</summary>
    public static Tensor From(float[] values, IReadOnlyList<long> shape) => tensor(values).reshape([.. shape]);

    /// <summary>An input of the case; one that a gradient is wanted of must say so.</summary>
    public static Tensor Input(this ParityCase item, string key, bool gradient = false)
    {
        if (!item.Inputs.TryGetValue(key, out var input)) throw new NotCoveredException($"the case has no input '{key}'");
        var value = From(HashFill.Input(input), input.Shape);
        return gradient ? value.requires_grad_() : value;
    }

    /// <summary>Fills a module by the rule and puts it into the case's mode.</summary>
    /// <param name="module">The module; its state dict must have the reference's keys.</param>
    /// <param name="weights">The case's entry for it.</param>
    public static void Fill(nn.Module module, ParityWeights weights, ParityCase item)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (key, value) in module.state_dict())
        {
            if (value.dtype == ScalarType.Float32) value.copy_(From(HashFill.Weight(weights.Prefix + key, value.shape), value.shape));
            else value.zero_();
        }
        module.train(item.Training);
    }

    /// <summary>Gives a tensor for comparison.</summary>
    public static void Give(this CaseOutputs outputs, string name, Tensor value)
    {
        if (!outputs.Wants(name)) return;
        using var scope = NewDisposeScope();
        var values = value.detach().contiguous();
        if (values.dtype == ScalarType.Float64) outputs.Give(name, values.data<double>().ToArray(), value.shape);
        else outputs.Give(name, values.to(ScalarType.Float32).data<float>().ToArray(), value.shape);
    }

    /// <summary>Gives the gradients of a number, of every input and parameter that the case asks for under a name.</summary>
    /// <param name="outputs">Where to.</param>
    /// <param name="start">The names begin with this, e.g. <c>grad/</c>.</param>
    /// <param name="inputs">Inputs by the name they have after <paramref name="start"/>.</param>
    /// <param name="module">A module whose parameters go by their keys; null when there is none.</param>
    public static void GiveGradients(
        this CaseOutputs outputs, string start, Tensor objective, IReadOnlyDictionary<string, Tensor> inputs, nn.Module? module = null)
    {
        var known = new Dictionary<string, Tensor>(inputs, StringComparer.Ordinal);
        if (module is not null)
            foreach (var (key, parameter) in module.named_parameters()) known[key] = parameter;
        string[] names = [.. outputs.Under(start).Where(known.ContainsKey)];
        if (names.Length == 0) return;
        // The graph stays for the next objective of the same forward pass.
        var gradients = autograd.grad([objective], [.. names.Select(name => known[name])], null, true);
        for (var i = 0; i < names.Length; i++) outputs.Give(start + names[i], gradients[i]);
    }

    /// <summary>Gives the module's buffers that the case asks for under <c>after/</c>.</summary>
    public static void GiveBuffers(this CaseOutputs outputs, nn.Module module)
    {
        var state = module.state_dict();
        foreach (var key in outputs.Under("after/").ToArray())
            if (state.TryGetValue(key, out var value)) outputs.Give("after/" + key, value);
    }
}

/// <summary>The case's noise in place of random numbers, by the name of the latent.</summary>
internal sealed class HashNoise(ParityCase item) : ILatentNoise
{
    public Tensor Normal(string latent, long[] shape, ScalarType dtype, Device device)
    {
        ParityNoise noise = item.Eps.FirstOrDefault(noise => noise.Latent == latent)
            ?? throw new NotCoveredException($"the case has no noise for the latent '{latent}'");
        if (!noise.Shape.SequenceEqual(shape))
            throw new NotCoveredException(
                $"the latent '{latent}' has shape [{string.Join(", ", noise.Shape)}] where the model draws [{string.Join(", ", shape)}]");
        return ParityTensors.From(HashFill.Noise(noise.Name, HashFill.Count(noise.Shape)), shape).to(dtype, device);
    }
}
