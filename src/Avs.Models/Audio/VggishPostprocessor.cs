using TorchSharp.Modules;
using static TorchSharp.torch;

// The post-processor that was published with VGGish: a rotation onto the principal components of the embeddings of a large collection, then
// eight bits.
//
//   v = P (e − m),  clipped to [−2, 2],  q = round( (v + 2)·255/4 )

namespace Avs.Models.Audio;

/// <summary>
/// VGGish embeddings [N,128] to whole numbers from 0 to 255 [N,128]. Its constants come from a weights file; until then P = 1, m = 0.
/// </summary>
public sealed class VggishPostprocessor : nn.Module<Tensor, Tensor>
{
    private const long Size = 128;
    private const double Limit = 2, Steps = 255;

    private readonly Parameter pca_eigen_vectors, pca_means;

    /// <summary>Creates the post-processor.</summary>
    public VggishPostprocessor() : base(nameof(VggishPostprocessor))
    {
        pca_eigen_vectors = nn.Parameter(eye(Size), false);
        pca_means = nn.Parameter(zeros([Size, 1]), false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor embedding)
    {
        using var scope = NewDisposeScope();
        var components = (embedding - pca_means.view(1, Size)).matmul(pca_eigen_vectors.t()); // [N,128]
        return ((components.clamp(-Limit, Limit) + Limit) * (Steps / (2 * Limit))).round().MoveToOuterDisposeScope();
    }
}
