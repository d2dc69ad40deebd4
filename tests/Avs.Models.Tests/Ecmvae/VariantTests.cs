using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Ecmvae;

/// <summary>What the ablations and options of ECMVAE change.</summary>
public class VariantTests
{
    [Fact]
    public void Without_sound_the_answer_does_not_depend_on_it()
    {
        using var scope = NewDisposeScope();
        var model = Build(Given.SmallNetwork with { UseAudio = false });
        var input = Given.Batch(1, 2, 64, masks: false);
        var heard = model.call(input).Logits;
        Assert.Equal(0, Given.Distance(heard, model.call(input with { LogMel = input.LogMel! * 3 }).Logits));
        Assert.DoesNotContain(model.state_dict().Keys, key => key.StartsWith("audio", StringComparison.Ordinal)
            || key.Contains("fusion_modules"));
    }

    [Fact]
    public void A_product_of_experts_weighs_by_precision()
    {
        using var scope = NewDisposeScope();
        // N(0,1), N(2, 1) and N(5, 1/2): precisions 1, 1, 2; mean (0 + 2 + 10)/4 = 3, variance 1/4.
        var product = ExpertProduct.Compute(Code(2, 0), Code(5, -Math.Log(2)));
        Assert.Equal(3, product.Mean.item<float>(), 1e-5f);
        Assert.Equal(-Math.Log(4), product.LogVariance.item<float>(), 1e-5f);
    }

    [Fact]
    public void Fused_experts_are_drawn()
    {
        using var scope = NewDisposeScope();
        var model = Build(Given.SmallNetwork with { CodeFusion = CodeFusion.ProductOfExperts });
        var drawn = new Names();
        model.call(Given.Batch(1, 2, 64) with { Noise = drawn });
        Assert.Equal(
            ["z_prior_vs", "z_prior_as", "z_prior_vac", "sc_v_prior", "sc_a_prior",
                "z_posterior_vs_y", "z_posterior_as_y", "z_posterior_vac_y", "sc_v_posterior", "sc_a_posterior"], drawn.Asked);
    }

    [Fact]
    public void Without_factorisation_two_codes_are_drawn_and_nothing_is_said_of_a_shared_one()
    {
        using var scope = NewDisposeScope();
        var model = Build(Given.SmallNetwork with { Factorisation = Factorisation.SpecificOnly });
        var drawn = new Names();
        var input = Given.Batch(1, 2, 64) with { Noise = drawn };
        var terms = new EcmvaeObjective().Compute(model.Answer(input), input);
        Assert.Equal(["z_prior_vs", "z_prior_as", "z_posterior_vs_y", "z_posterior_as_y"], drawn.Asked);
        Assert.Equal(0, terms.Js.item<float>());
        Assert.Equal(0, terms.Diff.item<float>());
        Assert.Equal(0, terms.Mi.item<float>());
        Assert.True(terms.Kl.item<float>() > 0);
    }

    [Fact]
    public void Experts_of_unlabelled_frames_are_the_priors()
    {
        using var scope = NewDisposeScope();
        var network = Given.SmallNetwork with { CodeFusion = CodeFusion.ProductOfExperts };
        var rows = tensor(new long[] { 0 });
        var output = Build(network).Answer(Given.Batch(1, 3, 64, labelled: rows));
        Assert.Equal([1L, 16L], output.Posterior!.Codes.Shared!.Mean.shape);
        Assert.Equal([1L, 6L], output.Posterior.Information!.Mean.shape);
        Assert.Equal([3L, 1L, 64L, 64L], output.Posterior.Logits.shape);
    }

    [Fact]
    public void Own_fusion_blocks_leave_the_prior_path_s_running_statistics_to_it()
    {
        using var scope = NewDisposeScope();
        static Tensor Statistics(PosteriorFusion fusion, bool masks)
        {
            var model = Build(Given.SmallNetwork with { PosteriorFusion = fusion }, training: true);
            model.call(Given.Batch(1, 2, 64, masks: masks));
            return model.state_dict()["network.fusion_modules.0.W_z.1.running_mean"].clone();
        }
        var priorAlone = Statistics(PosteriorFusion.Shared, masks: false);
        Assert.Equal(0, Given.Distance(priorAlone, Statistics(PosteriorFusion.Own, masks: true)));
        Assert.NotEqual(0, Given.Distance(priorAlone, Statistics(PosteriorFusion.Shared, masks: true)));
    }

    [Fact]
    public void Posterior_path_may_start_on_its_own()
    {
        using var scope = NewDisposeScope();
        var state = new EcmvaeModel(Given.SmallNetwork with { PosteriorStart = PosteriorStart.Own }).state_dict();
        const string Weight = "head_up_2.output_conv.0.weight";
        Assert.NotEqual(0, Given.Distance(state["decoder_prior." + Weight], state["decoder_post." + Weight]));
    }

    [Theory]
    [InlineData(DecoderKind.Simple)]
    [InlineData(DecoderKind.Rcab)]
    public void Other_decoders_draw_at_the_size_of_the_frames_and_learn(DecoderKind decoder)
    {
        using var scope = NewDisposeScope();
        var model = Build(Given.SmallNetwork with { Decoder = decoder, Fusion = FusionKind.AvCorrelation }, training: true);
        var input = Given.Batch(1, 2, 64);
        var output = model.call(input);
        Assert.Equal([2L, 1L, 64L, 64L], output.Logits.shape);
        new EcmvaeObjective().Compute(output, input).Total.backward();
        foreach (var (name, parameter) in model.named_parameters())
            if (name.Contains(".decoder_"))
                Assert.True((parameter.grad is { } gradient && gradient.abs().sum().item<float>() > 0) != model.IsUnused(name), name);
    }

    [Fact]
    public void Symmetric_divergence_of_unit_gaussians_is_half_the_squared_distance()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(4.5f, GaussianDivergence.Js(Code(1, 0), Code(4, 0), JsMode.SymmetricKl, new ZeroNoise()).item<float>(), 1e-5f);
    }

    [Fact]
    public void No_bound_leaves_log_variances_as_they_are()
    {
        using var scope = NewDisposeScope();
        static Tensor Largest(double? limit)
        {
            var model = new EcmvaeModel(Given.SmallNetwork with { LogVarianceLimit = limit });
            model.eval();
            using var mode = no_grad();
            model.get_parameter("mm_vae_model.enc_as.fc2.bias")!.fill_(40);
            var input = new AvsInput(Given.Uniform(1, -1, 1, 2, 3, 64, 64), null, 2) { AudioEmbedding = Given.Uniform(2, 0, 1, 2, 128) };
            return ((EcmvaeOutput)model.call(input)).Prior.Codes.Audio!.LogVariance.max();
        }
        Assert.Equal(10, Largest(10).item<float>());
        Assert.True(Largest(null).item<float>() > 35);
    }

    [Fact]
    public void A_frozen_audio_network_is_neither_trained_nor_tracked()
    {
        using var scope = NewDisposeScope();
        using var model = new AudioVisualSegmenter(Given.SmallSegmenter with { FreezeAudio = true });
        model.train();
        Assert.DoesNotContain(model.LearnedParameters(), entry => entry.Name.StartsWith("audio.", StringComparison.Ordinal));
        var input = Given.Batch(1, 2, 64);
        var statistics = model.state_dict()["audio.convolutions.0.1.running_mean"].clone();
        new EcmvaeObjective().Compute(model.call(input), input).Total.backward();
        Assert.All(model.named_parameters()
            .Where(entry => entry.name.StartsWith("audio.", StringComparison.Ordinal)), entry => Assert.Null(entry.parameter.grad));
        Assert.Equal(0, Given.Distance(statistics, model.state_dict()["audio.convolutions.0.1.running_mean"]));
    }

    private static LatentCode Code(double mean, double s) =>
        new(tensor(new[] { (float)mean }).reshape(1, 1), tensor(new[] { (float)s }).reshape(1, 1), zeros(1, 1));

    private static AudioVisualSegmenter Build(EcmvaeConfig network, bool training = false)
    {
        var model = Given.Filled(new AudioVisualSegmenter(Given.SmallSegmenter with { Network = network }));
        model.train(training);
        return model;
    }

    private sealed class Names : ILatentNoise
    {
        public List<string> Asked { get; } = [];

        public Tensor Normal(string latent, long[] shape, ScalarType dtype, Device device)
        {
            Asked.Add(latent);
            return zeros(shape, dtype, device);
        }
    }
}
