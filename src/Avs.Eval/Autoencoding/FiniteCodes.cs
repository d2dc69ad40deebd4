using Avs.Core;
using static TorchSharp.torch;

namespace Avs.Eval.Autoencoding;

/// <summary>Codes that are numbers: measured, others would give numbers that mean nothing.</summary>
internal static class FiniteCodes
{
    /// <exception cref="DataException">A code is NaN or infinite.</exception>
    public static void Require(params Tensor[] codes)
    {
        using var scope = NewDisposeScope();
        if (codes.Any(some => !some.isfinite().all().item<bool>()))
            throw new DataException("the model's codes are not finite: its weights have gone wrong, as too high a learning rate leaves them");
    }
}
