using TorchSharp.Modules;
#if AVS_ENGINE
using TorchSharp.Engine;
#endif

namespace Avs.Train.Training;

/// <summary>
/// Tells, until it is disposed, of each parameter's gradient when backward has it. TorchSharp's API has nothing that could, so this is the one file that asks
/// the engine itself, and on the packages of that name it is not supported.
/// </summary>
internal sealed class ArrivingGradients : IDisposable
{
#if AVS_ENGINE
    public const bool Supported = true;

    private readonly GradientListener[] listeners;

    /// <param name="parameters">Whose gradients; those that learn nothing never have one.</param>
    /// <param name="arrived">Called in the midst of backward, which must be the only one that adds to these gradients.</param>
    public ArrivingGradients(IEnumerable<Parameter> parameters, Action<Parameter> arrived) =>
        listeners = [.. parameters.Where(parameter => parameter.requires_grad).Select(parameter => new GradientListener(parameter, () => arrived(parameter)))];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var listener in listeners)
            listener.Dispose();
    }
#else
    public const bool Supported = false;

    public ArrivingGradients(IEnumerable<Parameter> parameters, Action<Parameter> arrived) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
#endif
}
