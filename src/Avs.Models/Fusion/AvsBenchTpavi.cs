using Avs.Models.Memory;
using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;

// TPAVI as in J. Zhou et al., "Audio-Visual Segmentation", ECCV 2022, eq. (1)-(2), dot-product mode:
//
//   a' = Linear(a)                                    the audio vector brought to C channels
//   A  = θ(v)ᵀ φ(a') / M,  Y = A g(v)ᵀ,  M = T·h·w    (visual only: φ(v) instead of φ(a'))
//   Z  = LayerNorm( BatchNorm(W_z Y) + v )
//
// Unlike ECMVAE's variant nothing is normalised on the way in. The attention matrix is never built; see LinearInteraction.cs.

namespace Avs.Models.Fusion;

/// <summary>The AVSBench baseline's TPAVI, linear in the number of positions.</summary>
public sealed class AvsBenchTpavi : nn.Module<Tensor, Tensor?, ClipFrames, AvsBenchTpavi.Result>
{
    private readonly Linear align_channel;
    private readonly LayerNorm norm_layer;
    private readonly Conv3d g, theta, phi;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> W_z;

    /// <summary>Creates the block. It starts as LayerNorm(v): the BatchNorm before the sum has weight and bias zero.</summary>
    /// <param name="channels">C of the visual features. The paper: 256.</param>
    /// <param name="audioChannels">Channels of an audio vector. The paper: 128.</param>
    /// <param name="alignBias">Whether the linear layer has a bias. The release: yes, for AVSS no.</param>
    public AvsBenchTpavi(long channels, long audioChannels = 128, bool alignBias = true) : base(nameof(AvsBenchTpavi))
    {
        align_channel = nn.Linear(audioChannels, channels, alignBias);
        (g, theta, phi, W_z, norm_layer) = LinearInteraction.CreateLayers(channels, channels / 2);
        RegisterComponents();
    }

    /// <summary>What the block returns.</summary>
    /// <param name="Visual">[N,C,h,w].</param>
    /// <param name="Audio">a' [N,C], clip-major; null when no sound was given.</param>
    public sealed record Result(Tensor Visual, Tensor? Audio);

    /// <summary>Runs the block.</summary>
    /// <param name="visual">[N,C,h,w], clip-major.</param>
    /// <param name="audio">[N,D], or null for the visual-only form.</param>
    /// <param name="framesPerClip">The frames that attend to one another.</param>
    public override Result forward(Tensor visual, Tensor? audio, ClipFrames framesPerClip)
    {
        using var scope = NewDisposeScope();
        var v = visual.contiguous(); // [N,C,h,w]
        var aligned = audio is null ? null : align_channel.call(audio); // [N,C]
        var kernel = aligned is null
            ? LinearInteraction.WithItself(phi, g, v, framesPerClip)
            : LinearInteraction.WithSound(phi, g, v, aligned, framesPerClip); // [B,C',C']
        // Recomputed from v and K: what follows costs little and has four maps of v's size.
        var z = Checkpoint.Run( // [N,C,h,w]
            [theta, W_z, norm_layer], (v, kernel) => LinearInteraction.Output(theta, W_z, norm_layer, v, kernel, framesPerClip), v,
                framesPerClip.DividedByPlaces(kernel, v.shape[2] * v.shape[3]));
        return new Result(z.MoveToOuterDisposeScope(), aligned?.MoveToOuterDisposeScope());
    }
}
