using Avs.Models.Ecmvae;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>The losses on latent codes: orthogonality, KL with s as log sigma, the sampled Jensen-Shannon term.</summary>
internal sealed class LatentLossCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 0 && item.HasInputs("a", "b", "post_mu", "post_logvar", "prior_mu", "prior_logvar", "source_mu", "target_mu");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        var inputs = item.Inputs.Keys.ToDictionary(key => key, key => item.Input(key, gradient: true));
        LatentCode Code(string name) => new(inputs[name + "_mu"], inputs[name + "_logvar"], inputs[name + "_mu"]);

        Give("diff", DifferenceLoss.Compute(inputs["a"], inputs["b"]));
        Give("kl", GaussianDivergence.Kl(Code("post"), Code("prior"), KlScale.Reference));
        Give("js", GaussianDivergence.Js(Code("source"), Code("target"), JsMode.ReferenceSampled, new HashNoise(item)));

        void Give(string name, Tensor value)
        {
            outputs.Give(name + "/loss", value);
            outputs.GiveGradients(name + "/grad/", value, inputs);
        }
    }
}
