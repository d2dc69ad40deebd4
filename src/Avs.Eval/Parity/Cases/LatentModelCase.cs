using Avs.Models.Ecmvae;
using Avs.Models.Losses;
using static TorchSharp.torch;

namespace Avs.Eval.Parity.Cases;

/// <summary>The latent model alone, with masks: the two mixed feature maps and the KL, mutual-information and orthogonality terms, each with gradients.</summary>
internal sealed class LatentModelCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module == "mm_vae_model"
        && item.HasInputs("image", "mask", "audio", "deepest_prior", "deepest_post");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        Tensor image = item.Input("image"), mask = item.Input("mask"), audio = item.Input("audio");
        int channels = (int)item.Inputs["deepest_prior"].Shape[1];
        using var module = new LatentModel(new EcmvaeConfig
        {
            ImageSize = (int)image.shape[2],
            AudioChannels = (int)audio.shape[1],
            Channels = channels,
            LatentEncoderChannels = item.Number("neck_channel", channels) / 8,
            LatentSize = item.Number("vae_latent", 16),
            InformationSize = item.Number("mi_latent", 6),
        });
        ParityTensors.Fill(module, item.Weights[0], item);

        var noise = new HashNoise(item);
        LatentCodes prior = module.PriorCodes(image, audio, noise), posterior = module.PosteriorCodes(image, audio, mask, noise);
        FusedCodes ofPrior = module.FusePrior(prior.Visual.Sample, prior.Audio!.Sample, prior.Shared!.Sample);
        FusedCodes ofPosterior = module.FusePosterior(posterior.Visual.Sample, posterior.Audio!.Sample, posterior.Shared!.Sample);
        outputs.Give("deepest_prior_out", module.MixPrior(item.Input("deepest_prior"), ofPrior));
        outputs.Give("deepest_post_out", module.MixPosterior(item.Input("deepest_post"), ofPosterior));

        Give("kl_loss", GaussianDivergence.Kl(posterior.Visual, prior.Visual, KlScale.Reference)
            + GaussianDivergence.Kl(posterior.Audio!, prior.Audio!, KlScale.Reference)
            + GaussianDivergence.Js(prior.Shared, posterior.Shared, JsMode.ReferenceSampled, noise));
        Give("mi_loss", MutualInformation.LowerBound(module.PriorInformation(ofPrior))
            + MutualInformation.LowerBound(module.PosteriorInformation(ofPosterior)));
        Give("diff_loss", Orthogonality(prior) + Orthogonality(posterior));

        void Give(string name, Tensor value)
        {
            outputs.Give(name, value);
            outputs.GiveGradients(name + "/grad/", value, new Dictionary<string, Tensor>(), module);
        }
    }

    private static Tensor Orthogonality(LatentCodes codes) =>
        DifferenceLoss.Compute(codes.Visual.Sample, codes.Shared!.Sample) + DifferenceLoss.Compute(codes.Audio!.Sample, codes.Shared!.Sample);
}
