using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using Avs.Parity.Comparison;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Parity.Cases;

/// <summary>
/// The whole ECMVAE network or one of its variants. Without masks: the prediction and the results on the way. With masks: both predictions,
/// every loss term and their sum, and where the case asks for it the gradients, one Adam step and the loss after it. The sum is the
/// fixtures' convention, which is the objective's default weights with twice the matching weight.
/// </summary>
internal sealed class EcmvaeCase : IPreciseCaseRule
{
    private const int FramesPerClip = 5;

    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Config.ContainsKey("vae_latent") && item.HasInputs("image")
        && (item.Outputs.ContainsKey("pred") || item.Outputs.ContainsKey("loss/total"));

    public void Compute(ParityCase item, CaseOutputs outputs, ScalarType precision)
    {
        using var network = new EcmvaeModel(Config(item));
        ParityTensors.Fill(network, item.Weights[0], item);
        network.to(precision);
        var input = new AvsInput(item.Input("image").to(precision), null, FramesPerClip) { AudioEmbedding = Audio(item).to(precision) };
        if (item.HasInputs("mask")) Train(item, outputs, network, input, item.Input("mask").to(precision));
        else Infer(item, outputs, network, input);
    }

    private static void Infer(ParityCase item, CaseOutputs outputs, EcmvaeModel network, AvsInput input)
    {
        using var mode = no_grad();
        var names = outputs.Under("mid/").Select(name => name.Split('/')[0]).Distinct();
        using var hooks = new ForwardHooks(network, names, (name, map) => outputs.Give("mid/" + name, AsReleased(name, map)));
        var prior = Run(item, network, input).Prior;
        outputs.Give("pred", prior.Logits);
        GiveCodes(outputs, prior.Codes);
    }

    // The release's decoder blocks enlarge what they return.
    private static Tensor AsReleased(string name, Tensor map) => name.Contains("fusion_block", StringComparison.Ordinal)
        ? F.interpolate(map, scale_factor: [2, 2], mode: InterpolationMode.Nearest)
        : map;

    private static EcmvaeOutput Run(ParityCase item, EcmvaeModel network, AvsInput input) =>
        (EcmvaeOutput)network.call(input with { Noise = new HashNoise(item) });

    private static void Train(ParityCase item, CaseOutputs outputs, EcmvaeModel network, AvsInput input, Tensor mask)
    {
        bool learns = outputs.Wants("after/total") || outputs.Under("grad/").Any(), firstFrames = item.Text("task", "MS3") == "S4";
        var objective = EcmvaeObjective.Reference with { SimilarityWeight = firstFrames ? 0 : 1 };
        using var mode = set_grad_enabled(learns);
        // S4: one mask a clip, of its first frame.
        var rows = firstFrames ? arange(0, input.Images.shape[0], FramesPerClip, ScalarType.Int64) : null;
        if (rows is not null && mask.shape[0] == input.Images.shape[0]) mask = mask.index_select(0, rows);
        input = input with { Masks = mask, Labelled = rows };

        var output = Run(item, network, input);
        var terms = Terms(output);
        Give(outputs, output, terms);
        if (learns) OneAdamStep.Give(outputs, network, terms.Total, () => Terms(Run(item, network, input)).Total);
        else outputs.GiveBuffers(network);

        EcmvaeTerms Terms(EcmvaeOutput output) => objective.Compute(output, input with { Noise = new HashNoise(item) });
    }

    // The variant without sound is given none.
    private static Tensor Audio(ParityCase item) =>
        item.HasInputs("audio") ? item.Input("audio") : zeros(item.Inputs["image"].Shape[0], 128);

    private static EcmvaeConfig Config(ParityCase item)
    {
        var channels = item.Number("neck_channel", 128);
        return LatentModelCase.Variant(item.Weights[0].Module) with
        {
            Backbone = item.Backbone("encoder"),
            DropPath = 0,
            ImageSize = item.Number("img_size", 224),
            Channels = channels,
            TpaviChannels = channels / 2,
            LatentEncoderChannels = channels / 8,
            LatentSize = item.Number("vae_latent", 16),
            InformationSize = item.Number("mi_latent", 6),
            Neck = item.Text("neck", "basic") == "aspp" ? NeckKind.Aspp : NeckKind.Basic,
            Decoder = DecoderCase.Kind(item.Text("decoder", "simple_no_module")),
            Fusion = item.Text("fusion", "tpavi") == "av_corr" ? FusionKind.AvCorrelation : FusionKind.Tpavi,
            Supervision = PosteriorSupervision.RepeatFirstMask,
        };
    }

    private static void GiveCodes(CaseOutputs outputs, LatentCodes codes)
    {
        outputs.Give(LatentNames.PriorVisual, codes.Visual.Sample);
        if (codes.Audio is not null) outputs.Give(LatentNames.PriorAudio, codes.Audio.Sample);
        if (codes.Shared is not null) outputs.Give(LatentNames.PriorShared, codes.Shared.Sample);
    }

    private static void Give(CaseOutputs outputs, EcmvaeOutput output, EcmvaeTerms terms)
    {
        outputs.Give("pred_prior", output.Logits);
        outputs.Give("pred_post", output.Posterior!.Logits);
        for (var i = 0; i < 4; i++)
        {
            outputs.Give($"visual_prior/{i}", output.Prior.Visual[i]);
            outputs.Give($"visual_post/{i}", output.Posterior.Visual[i]);
            if (output.Prior.Audio.Count == 0) continue;
            var audio = output.Prior.Audio[i];
            // The reference keeps the vectors of a clip as [B,C,T].
            outputs.Give($"audio_prior/{i}", audio.view(-1, FramesPerClip, audio.shape[1]).transpose(1, 2));
        }
        outputs.Give("loss/seg_prior", terms.SegPrior);
        outputs.Give("loss/seg_post", terms.SegPost);
        outputs.Give("loss/sim_prior", terms.SimPrior);
        outputs.Give("loss/sim_post", terms.SimPost);
        outputs.Give("loss/kl_loss", terms.Kl + terms.Js);
        outputs.Give("loss/mi_loss", terms.Mi);
        outputs.Give("loss/diff_loss", terms.Diff);
        outputs.Give("loss/total", terms.Total);
    }
}
