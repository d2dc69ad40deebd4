using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity.Cases;

/// <summary>Sampling a code, <c>z = mu + eps exp(logvar / 2)</c>, and the L2 normalisation over axis 1 with 1e-6 inside the root.</summary>
internal sealed class ReparametrizeCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 0 && item.HasInputs("mu", "logvar", "R") && item.Outputs.ContainsKey("z");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        Tensor mean = item.Input("mu", gradient: true), s = item.Input("logvar", gradient: true);
        var z = mean + new HashNoise(item).Normal("z", mean.shape, mean.dtype, mean.device) * (s * 0.5).exp();
        outputs.Give("z", z);
        outputs.GiveGradients("grad/", (z * item.Input("R")).sum(), new Dictionary<string, Tensor> { ["mu"] = mean, ["logvar"] = s });
        if (!item.HasInputs("x", "R2")) return;

        var x = item.Input("x", gradient: true);
        var normalised = x * ((x * x).sum(1, keepdim: true) + 1e-6).rsqrt();
        outputs.Give("l2norm", normalised);
        outputs.GiveGradients("grad/", (normalised * item.Input("R2")).sum(), new Dictionary<string, Tensor> { ["x"] = x });
    }
}
