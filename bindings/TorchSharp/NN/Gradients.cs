using TorchSharp.Modules;

namespace TorchSharp;

/// <summary>What optimizers and modules do with the gradients of many parameters.</summary>
internal static class Gradients
{
    internal static void Clear(Parameter parameter, bool setToNone)
    {
        using var gradient = parameter.grad;
        if (gradient is null)
            return;
        if (setToNone)
            parameter.grad = null;
        else
            gradient.zero_();
    }
}
