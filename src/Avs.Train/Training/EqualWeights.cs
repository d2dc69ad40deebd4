using System.Security.Cryptography;
using Avs.Train.Distribution;
using static TorchSharp.torch;

namespace Avs.Train.Training;

/// <summary>Processes that train one model together must have the same weights at every step.</summary>
internal static class EqualWeights
{
    /// <summary>Compares a hash of the parameters of all workers.</summary>
    /// <param name="step">Steps done.</param>
    /// <exception cref="TrainingException">They differ.</exception>
    public static void RequireEqual(this ICommunicator workers, nn.Module model, long step)
    {
        if (workers.Size == 1)
            return;
        var hashes = workers.Gather(Hash(model));
        for (var rank = 1; rank < hashes.Length; rank++)
        {
            if (!hashes[rank].AsSpan().SequenceEqual(hashes[0]))
            {
                throw new TrainingException(
                    $"after step {step} the weights of process {rank} differ from those of process 0, so their training would fall apart: "
                    + "do all processes run the same program on the same kind of processor?");
            }
        }
    }

    private static byte[] Hash(nn.Module model)
    {
        using var scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var parameter in model.parameters())
            hash.AppendData(parameter.detach().cpu().contiguous().bytes);
        return hash.GetHashAndReset();
    }
}
