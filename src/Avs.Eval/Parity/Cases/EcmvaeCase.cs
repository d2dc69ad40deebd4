using Avs.Models;
using Avs.Models.Ecmvae;
using Avs.Models.Losses;
using static TorchSharp.torch;

namespace Avs.Eval.Parity.Cases;

/// <summary>
/// The whole ECMVAE network with masks: both predictions, every loss term and their sum, and where the case asks for it the gradients, one Adam step and the
/// loss after it. The sum is the fixtures' convention, which is the objective's default weights with twice the matching weight.
/// </summary>
internal sealed class EcmvaeCase : ICaseRule
{
    public bool Recognises(ParityCase item) =>
        item.Weights.Count == 1 && item.Weights[0].Module == "ecmvae" && item.HasInputs("image", "audio", "mask") && item.Outputs.ContainsKey("loss/total");

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        bool learns = outputs.Wants("after/total"), firstFrames = item.Text("task", "MS3") == "S4";
        Tensor image = item.Input("image"), mask = item.Input("mask");
        using var network = new EcmvaeModel(Config(item));
        ParityTensors.Fill(network, item.Weights[0], item);
        var objective = EcmvaeObjective.Reference with { SimilarityWeight = firstFrames ? 0 : 1 };
        using IDisposable mode = set_grad_enabled(learns);
        // S4: one mask a clip, of its first frame.
        Tensor? rows = firstFrames ? arange(0, image.shape[0], 5, ScalarType.Int64) : null;
        if (rows is not null && mask.shape[0] == image.shape[0]) mask = mask.index_select(0, rows);
        var input = new NetworkInput(image, item.Input("audio"), 5, mask, rows);

        (SegmenterOutput output, EcmvaeTerms terms) = Run();
        Give(outputs, output, terms);
        if (!learns)
        {
            outputs.GiveBuffers(network);
            return;
        }
        Dictionary<string, Tensor> before = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());
        using var adam = optim.Adam(network.parameters(), 1e-4);
        terms.Total.backward();
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (parameter.grad is not { } gradient) continue;
            outputs.Give("grad/" + name, gradient);
            outputs.Give("gradnorm/" + name, gradient.norm());
        }
        adam.step();
        foreach (var (name, parameter) in network.named_parameters())
        {
            outputs.Give("new/" + name, parameter);
            if (outputs.Wants("step/" + name))
                outputs.Give("step/" + name, parameter.detach().to(ScalarType.Float64) - before[name].to(ScalarType.Float64));
        }
        outputs.Give("after/total", Run().Terms.Total);

        (SegmenterOutput Output, EcmvaeTerms Terms) Run()
        {
            var noise = new HashNoise(item);
            SegmenterOutput result = network.call(input, noise);
            return (result, objective.Compute(result, mask, rows, noise));
        }
    }

    private static EcmvaeConfig Config(ParityCase item)
    {
        int channels = item.Number("neck_channel", 128);
        return new EcmvaeConfig
        {
            Backbone = item.Text("encoder", "resnet") switch
            {
                "resnet" => "resnet50",
                "pvt" => "pvt_v2_b5",
                var other => throw new NotCoveredException($"no backbone '{other}'"),
            },
            DropPath = 0,
            ImageSize = item.Number("img_size", 224),
            Channels = channels,
            TpaviChannels = channels / 2,
            LatentEncoderChannels = channels / 8,
            LatentSize = item.Number("vae_latent", 16),
            InformationSize = item.Number("mi_latent", 6),
            Neck = item.Text("neck", "basic") == "aspp" ? NeckKind.Aspp : NeckKind.Basic,
            Supervision = PosteriorSupervision.RepeatFirstMask,
        };
    }

    private static void Give(CaseOutputs outputs, SegmenterOutput output, EcmvaeTerms terms)
    {
        outputs.Give("pred_prior", output.Logits);
        outputs.Give("pred_post", output.PosteriorLogits!);
        for (int i = 0; i < 4; i++)
        {
            outputs.Give($"visual_prior/{i}", output.Prior.Visual[i]);
            outputs.Give($"visual_post/{i}", output.Posterior!.Visual[i]);
            Tensor audio = output.Prior.Audio[i];
            // The reference keeps the vectors of a clip as [B,C,T].
            outputs.Give($"audio_prior/{i}", audio.view(-1, 5, audio.shape[1]).transpose(1, 2));
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
