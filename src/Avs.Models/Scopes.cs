using Avs.Models.Ecmvae;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models;

/// <summary>Lets whole results outlive the dispose scope in which they were made.</summary>
internal static class Scopes
{
    public static SegmenterOutput MoveToOuterDisposeScope(this SegmenterOutput output)
    {
        output.Prior.Move();
        output.Posterior?.Move();
        return output;
    }

    private static void Move(this PathOutput path)
    {
        path.Logits.MoveToOuterDisposeScope();
        foreach (var tensor in path.Visual.Concat(path.Audio).Concat(path.Levels?.SelectMany(level => level.Tensors) ?? []))
            tensor.MoveToOuterDisposeScope();
        if (path.Codes is { } codes)
        {
            codes.Visual.Move();
            codes.Audio?.Move();
            codes.Shared?.Move();
        }
        if (path.Information is { } heads)
            foreach (Tensor tensor in (Tensor[])[heads.Mean, heads.LogVariance, heads.Target])
                tensor.MoveToOuterDisposeScope();
    }

    private static void Move(this LatentCode code)
    {
        code.Mean.MoveToOuterDisposeScope();
        code.LogVariance.MoveToOuterDisposeScope();
        code.Sample.MoveToOuterDisposeScope();
    }
}
