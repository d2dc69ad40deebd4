using Avs.Models.Ecmvae;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>
/// A latent model alone, with masks: the two mixed feature maps and the KL, mutual-information and orthogonality terms, each with
/// gradients.
/// </summary>
internal sealed class LatentModelCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.HasInputs("image", "mask", "audio", "deepest_prior", "deepest_post");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        Tensor image = item.Input("image"), mask = item.Input("mask"), audio = item.Input("audio");
        var channels = (int)item.Inputs["deepest_prior"].Shape[1];
        using var module = LatentModel.Create(Variant(item.Weights[0].Module) with
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
        var prior = module.SamplePrior(module.PriorMoments(image, audio), noise);
        var posterior = module.SamplePosterior(module.PosteriorMoments(image, audio, mask), noise);
        FusedCodes ofPrior = module.FusePrior(prior, noise), ofPosterior = module.FusePosterior(posterior, noise);
        outputs.Give("deepest_prior_out", module.MixPrior(item.Input("deepest_prior"), ofPrior));
        outputs.Give("deepest_post_out", module.MixPosterior(item.Input("deepest_post"), ofPosterior));

        var terms = EcmvaeObjective.Reference.Latent(
            prior, posterior, module.PriorInformation(ofPrior), module.PosteriorInformation(ofPosterior), noise);
        Give("kl_loss", terms.Kl + terms.Js);
        Give("mi_loss", terms.Mi);
        Give("diff_loss", terms.Diff);

        void Give(string name, Tensor value)
        {
            outputs.Give(name, value);
            outputs.GiveGradients(name + "/grad/", value, new Dictionary<string, Tensor>(), module);
        }
    }

    /// <summary>The configuration of a variant by the reference's name of its latent model or network.</summary>
    /// <exception cref="NotCoveredException">There is no such variant.</exception>
    internal static EcmvaeConfig Variant(string name) => name switch
    {
        "mm_vae_model" or "ecmvae" => new EcmvaeConfig(),
        "no_factor_vae_model" or "nofactor" => new EcmvaeConfig { Factorisation = Factorisation.SpecificOnly },
        "mm_vae_with_poe" or "poe" => new EcmvaeConfig { CodeFusion = CodeFusion.ProductOfExperts },
        "cvae_model" or "cvae" or "cvaeseg" => new EcmvaeConfig { UseAudio = false },
        _ => throw new NotCoveredException($"no variant '{name}'"),
    };
}
