using Avs.Models.Segmentation;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The arithmetic that the two TPAVI variants share. There is no softmax in A = θᵀφ / M, so Y = A gᵀ may be associated as
//
//   K     = (1/M) Σ_j φ_j ⊗ g_j            [C',C'], one matrix for the M positions of a clip
//   Y_i   = Kᵀ θ_i
//   W_z Y = (W_z Kᵀ W_θ) v_i + (W_z Kᵀ b_θ + b_z)
//
// which is one affine map of v_i. With φ read off a sound, φ_j is the same at every place of a frame and Σ_j becomes Σ_t φ_t ⊗ Σ_place g.
// Clips of different lengths: K and M are of each clip's own frames, because the sums over t run over rows of zeros where a shorter clip
// has no frame (ClipFrames). That is attention masked to the frames that exist, exactly, as nothing is normalised over them.
// Maps stay [N,C,h,w] throughout: libtorch sums a BatchNorm's statistics in double precision in that order of memory, in single in the
// other, and what W_z gives varies little around a large mean.

namespace Avs.Models.Fusion;

/// <summary>W_z(θᵀφgᵀ/M) as an affine map of the visual features.</summary>
internal static class LinearInteraction
{
    /// <summary>
    /// The layers of a TPAVI with fresh weights. It starts as LayerNorm(v): the BatchNorm before the sum has weight and bias zero.
    /// </summary>
    /// <param name="channels">C.</param>
    /// <param name="inner">C'.</param>
    public static (Conv3d G, Conv3d Theta, Conv3d Phi, ModuleList<nn.Module<Tensor, Tensor>> Wz, LayerNorm Norm) CreateLayers(long channels,
        long inner)
    {
        // The weights keep the five axes of the published checkpoints; only their matrices are used.
        Conv3d g = nn.Conv3d(channels, inner, 1), theta = nn.Conv3d(channels, inner, 1), phi = nn.Conv3d(channels, inner, 1);
        // The authors' BatchNorm3d and a BatchNorm2d have the same entries and the same arithmetic; frames lie on the batch axis here.
        var norm = nn.BatchNorm2d(channels);
        nn.init.zeros_(norm.weight!);
        nn.init.zeros_(norm.bias!);
        return (g, theta, phi, new ModuleList<nn.Module<Tensor, Tensor>>(nn.Conv3d(inner, channels, 1), norm), nn.LayerNorm(channels));
    }

    /// <summary>K·M with φ from one vector a frame.</summary>
    /// <param name="phi">φ.</param>
    /// <param name="g">g.</param>
    /// <param name="v">Visual features [N,C,h,w], clip-major.</param>
    /// <param name="audio">Audio vectors [N,C].</param>
    /// <param name="frames">Of each clip.</param>
    /// <returns>[B,C',C'].</returns>
    public static Tensor WithSound(Conv3d phi, Conv3d g, Tensor v, Tensor audio, ClipFrames frames)
    {
        var places = v.shape[2] * v.shape[3];
        var ofSound = frames.WithoutPadding(F.linear(frames.PerClip(audio), Matrix(phi), phi.bias)); // [B,T,C']
        // g is linear: the sum of g over the places of a frame is g of the sum.
        var ofPicture = F.linear(frames.PerClip(v.sum([2, 3])), Matrix(g), g.bias! * places); // [B,T,C']
        return ofSound.transpose(1, 2).bmm(ofPicture);
    }

    /// <summary>K·M with φ from the visual features themselves.</summary>
    /// <param name="phi">φ.</param>
    /// <param name="g">g.</param>
    /// <param name="v">Visual features [N,C,h,w], clip-major.</param>
    /// <param name="frames">Of each clip.</param>
    /// <returns>[B,C',C'].</returns>
    public static Tensor WithItself(Conv3d phi, Conv3d g, Tensor v, ClipFrames frames)
    {
        Tensor Map(Conv3d conv) => F.conv2d(v, conv.weight.squeeze(-1), conv.bias).flatten(2); // [N,C',h*w]
        return frames.PerClip(Map(phi).bmm(Map(g).transpose(1, 2))).sum(1); // [N,C',C'] -> [B,T,C',C'] -> [B,C',C']
    }

    /// <summary>LayerNorm( BatchNorm(W_z Y) + v ).</summary>
    /// <param name="theta">θ.</param>
    /// <param name="project">W_z: the convolution, then the BatchNorm.</param>
    /// <param name="norm">The LayerNorm over channels.</param>
    /// <param name="v">Visual features [N,C,h,w], clip-major.</param>
    /// <param name="kernel">K [B,C',C'].</param>
    /// <param name="frames">Of each clip.</param>
    /// <returns>[N,C,h,w].</returns>
    public static Tensor Output(
        Conv3d theta, ModuleList<nn.Module<Tensor, Tensor>> project, LayerNorm norm, Tensor v, Tensor kernel, ClipFrames frames)
    {
        var (convolution, batchNorm) = ((Conv3d)project[0], (BatchNorm2d)project[1]);
        var left = Matrix(convolution).matmul(kernel.transpose(1, 2)); // [B,C,C']
        var matrix = left.matmul(Matrix(theta)); // [B,C,C]
        var offset = left.matmul(theta.bias!) + convolution.bias!; // [B,C]
        // [N,C,h*w]
        var mapped = frames.ForEveryFrame(matrix).baddbmm(v.flatten(2), frames.ForEveryFrame(offset).unsqueeze(2));
        var z = batchNorm.call(mapped.view(v.shape)).add_(v); // [N,C,h,w]
        return norm.call(z.permute(0, 2, 3, 1)).permute(0, 3, 1, 2).contiguous(); // over C, then back in order
    }

    /// <summary>The weights of a 1x1x1 convolution as a matrix [out,in].</summary>
    private static Tensor Matrix(Conv3d conv) => conv.weight.flatten(1);
}
