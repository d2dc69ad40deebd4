using Avs.Models.Memory;
using static TorchSharp.torch;

namespace Avs.Parity.Comparison;

/// <summary>What the training cases of whole networks ask for: gradients, one step of Adam, and the loss after it.</summary>
internal static class OneAdamStep
{
    /// <summary>The learning rate, and so nearly the size of every element's first step.</summary>
    public const double Rate = 1e-4;

    /// <summary>
    /// Gives <c>grad/</c>, <c>gradnorm/</c>, <c>new/</c>, <c>step/</c> of every parameter that got a gradient, and <c>after/total</c>.
    /// </summary>
    /// <param name="outputs">Where to.</param>
    /// <param name="network">The network, whose parameters the step changes.</param>
    /// <param name="loss">The loss of a forward pass that has just been run.</param>
    /// <param name="again">Runs the forward pass again and returns its loss.</param>
    public static void Give(CaseOutputs outputs, nn.Module network, Tensor loss, Func<Tensor> again)
    {
        var before = network.named_parameters()
            .Where(entry => outputs.Wants("step/" + entry.name))
                .ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());
        using var adam = optim.Adam(network.parameters(), Rate);
        Backpropagation.Run(loss);
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (parameter.grad is not { } gradient) continue;
            outputs.Give("grad/" + name, gradient);
            outputs.Give("gradnorm/" + name, gradient.norm());
        }
        adam.step();
        foreach (var (name, parameter) in network.named_parameters())
        {
            outputs.Give("new/" + name, parameter);
            // In float64, as the reference's difference is.
            if (before.TryGetValue(name, out var old))
                outputs.Give("step/" + name, parameter.detach().to(ScalarType.Float64) - old.to(ScalarType.Float64));
        }
        if (outputs.Wants("after/total")) outputs.Give("after/total", again());
    }
}
