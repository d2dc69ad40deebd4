using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// The arithmetic that the two TPAVI variants share. There is no softmax in A = θᵀφ / M, so Y = A gᵀ may be associated as
//
//   K     = (1/M) Σ_j φ_j ⊗ g_j            [C',C'], one matrix for the M positions of a clip
//   Y_i   = Kᵀ θ_i
//   W_z Y = v_i (W_θᵀ K W_zᵀ) + (b_θ K W_zᵀ + b_z)
//
// which is one affine map of v_i. With φ read off a sound, φ_j is the same at every place of a frame and Σ_j becomes Σ_t φ_t ⊗ Σ_place g.

namespace Avs.Models.Fusion;

/// <summary>W_z(θᵀφgᵀ/M) as an affine map of the visual features.</summary>
internal static class LinearInteraction
{
    /// <summary>The weights of a 1x1x1 convolution as a matrix [out,in].</summary>
    public static Tensor Matrix(Conv3d conv) => conv.weight.flatten(1);

    /// <summary>K·M with φ from one vector a frame.</summary>
    /// <param name="phi">φ.</param>
    /// <param name="g">g.</param>
    /// <param name="v">Visual features [B,M,C], frame-major.</param>
    /// <param name="audio">Audio vectors [B,T,C].</param>
    /// <returns>[B,C',C'].</returns>
    public static Tensor WithSound(Conv3d phi, Conv3d g, Tensor v, Tensor audio)
    {
        long clips = v.shape[0], frames = audio.shape[1], places = v.shape[1] / frames;
        var ofSound = F.linear(audio, Matrix(phi), phi.bias); // [B,T,C']
        // g is linear: the sum of g over the places of a frame is g of the sum.
        var ofPicture = F.linear(v.view(clips, frames, places, v.shape[2]).sum(2), Matrix(g), g.bias! * places); // [B,T,C']
        return ofSound.transpose(1, 2).bmm(ofPicture);
    }

    /// <summary>K·M with φ from the visual features themselves.</summary>
    /// <param name="phi">φ.</param>
    /// <param name="g">g.</param>
    /// <param name="v">Visual features [B,M,C].</param>
    /// <returns>[B,C',C'].</returns>
    public static Tensor WithItself(Conv3d phi, Conv3d g, Tensor v) =>
        F.linear(v, Matrix(phi), phi.bias).transpose(1, 2).bmm(F.linear(v, Matrix(g), g.bias));

    /// <summary>W_z(Y) for all positions.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="project">The convolution of W_z.</param>
    /// <param name="v">Visual features [B,M,C].</param>
    /// <param name="kernel">K [B,C',C'].</param>
    /// <returns>[B,M,C].</returns>
    public static Tensor Apply(Conv3d theta, Conv3d project, Tensor v, Tensor kernel)
    {
        var right = kernel.matmul(Matrix(project).t()); // [B,C',C]
        var matrix = Matrix(theta).t().matmul(right); // [B,C,C]
        var offset = theta.bias!.matmul(right).unsqueeze(1) + project.bias!; // [B,1,C]
        return baddbmm(offset, v, matrix);
    }
}
