using Avs.Models.Vae.Sampling;
using static TorchSharp.torch;

// What makes a latent space one to draw images from. Codes z are drawn where images are drawn from: of N(0, I) for models that are trained
// towards it, else uniformly of the box of the training images' codes. Lengths are in units of s_d, for each dimension d: 1 for the
// former, the standard deviation of the training codes for the latter; so that the numbers of one and the other can be compared.
//
//   continuity     near points decode alike: the mean over z of  ‖x̃(z) − x̃(z + δ)‖/√P,  δ = 0.1·s∘u,  u uniform on the unit sphere;
//                  and the same divided by the mean of ‖x̃(z) − x̃(z')‖/√P of two independent z and z'
//   completeness   every point is near one that an image is encoded to: the share of z whose nearest code of a training image is no
//                  further than t, where t is such that 95 % of the codes of test images have one as near. So 0.95 is complete.
//
// Where a code has a distribution, the encoded codes are drawn of it: the decoder knows what lies there.

namespace Avs.Eval.Autoencoding;

/// <summary>Where codes are drawn from to look at the latent space.</summary>
public enum CodeRegion
{
    /// <summary>N(0, I).</summary>
    StandardNormal,

    /// <summary>Uniform between the least and the largest code of each dimension.</summary>
    Box,
}

/// <summary>How continuous and complete a latent space is.</summary>
/// <param name="Region">Where codes were drawn.</param>
/// <param name="Continuity">
/// The mean distance of x̃(z) and x̃(z + δ), root mean square over an image's numbers: small is continuous.
/// </param>
/// <param name="RelativeContinuity">The same in units of the distance of two independent codes' images.</param>
/// <param name="Completeness">The share of drawn codes that lie near the code of a training image: 0.95 is complete.</param>
/// <param name="Threshold">What "near" is, in units of s.</param>
public sealed record LatentSpaceScore(
    CodeRegion Region, double Continuity, double RelativeContinuity, double Completeness, double Threshold)
{
    private const double StepLength = 0.1, NearShare = 0.95;

    /// <summary>Measures a latent space.</summary>
    /// <param name="region">Where codes are drawn.</param>
    /// <param name="trainCodes">The codes of training images [N,K].</param>
    /// <param name="testCodes">The codes of test images [M,K].</param>
    /// <param name="decode">Codes [n,K] to images [n,C,H,W].</param>
    /// <param name="generator">Draws.</param>
    /// <param name="draws">How many codes are drawn.</param>
    public static LatentSpaceScore Compute(
        CodeRegion region, Tensor trainCodes, Tensor testCodes, Func<Tensor, Tensor> decode, Generator generator, int draws = 1000)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var k = trainCodes.shape[1];
        ILatentSampler sampler = region == CodeRegion.Box ? new UniformBoxSampler(trainCodes) : new StandardNormalSampler((int)k);
        var scale = region == CodeRegion.Box
            ? (trainCodes - trainCodes.mean([0])).square().mean([0]).sqrt().clamp(min: 1e-12)
            : ones(k);
        var drawn = sampler.Sample(draws, generator);
        var direction = randn([draws, k], ScalarType.Float32, generator: generator);
        var beside = drawn + direction / direction.norm(1, keepdim: true) * scale * StepLength;
        Tensor Decoded(Tensor codes) => ImageBatches.Join(draws, (first, count) => decode(codes.narrow(0, first, count)));
        var images = Decoded(drawn);
        // Each code beside the next one is two independent draws.
        var (near, far) = (Distance(images, Decoded(beside)), Distance(images, images.roll(1, 0)));
        var threshold = RankOrder.Quantile(NearestNeighbours.Distances(trainCodes / scale, testCodes / scale), NearShare);
        var distances = NearestNeighbours.Distances(trainCodes / scale, drawn / scale);
        return new LatentSpaceScore(
            region, near, near / far, distances.Count(distance => distance <= threshold) / (double)draws, threshold);
    }

    private static double Distance(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        return (a - b).square().flatten(1).mean([1]).sqrt().mean().item<float>();
    }
}
