using Avs.Core;
using Avs.Data.Batches;
using Avs.Eval.EcmvaeCodes;
using Avs.Eval.Evaluation;
using Avs.Eval.Tests.Evaluation;
using Avs.Models;
using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.EcmvaeCodes;

public sealed class CodePassTests : IDisposable
{
    private static readonly CodePassOptions Options = new(96);

    private readonly AudioVisualSegmenter model = ModelRegistry.Find("ecmvae_small").Create();

    public CodePassTests() => model.eval();

    public void Dispose() => model.Dispose();

    [Fact]
    public void The_codes_are_those_of_the_whole_model()
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var clips = FakeClips.WithScenes();
        var codes = CodePass.Collect(model, clips, Options);
        using var batch = AvsBatch.From([.. Enumerable.Range(0, 6).Select(clips.Load)], new BatchOptions(96));
        var whole = (EcmvaeOutput)model.call(Segmenters.InputFrom(batch, CPU, masks: true));

        void Same(Tensor expected, Tensor found) => Assert.InRange((expected - found).abs().max().item<float>(), 0, 1e-5);
        Assert.Equal(["c", "s_v", "s_a"], codes.Factors.Select(factor => factor.Symbol));
        Same(whole.Prior.Codes.Shared!.Mean, codes.Find("c").Prior.Mean);
        Same(whole.Prior.Codes.Audio!.LogVariance, codes.Find("s_a").Prior.LogVariance);
        Same(whole.Posterior!.Codes.Visual.Mean, codes.Find("s_v").Posterior.Mean);
        Same(whole.Prior.Information!.Target, codes.PriorInformation!.Target);
        Same(whole.Posterior.Information!.Mean, codes.PosteriorInformation!.Mean);
    }

    [Fact]
    public void Frames_know_what_sounds_what_does_not_and_where()
    {
        using var scope = NewDisposeScope();
        var codes = CodePass.Collect(model, FakeClips.WithScenes(), Options);
        Assert.Equal(12, codes.Frames.Count);
        Assert.Equal(new CodedFrame("000_b", 1, "kind1", "kind0", "bottom left", true), codes.Frames[3]);
        Assert.Equal(Enumerable.Range(0, 12), codes.Labelled);
    }

    [Fact]
    public void Without_the_sound_the_code_of_the_picture_stays_and_that_of_the_sound_is_one()
    {
        using var scope = NewDisposeScope();
        var codes = CodePass.Collect(model, FakeClips.WithScenes(), Options);
        Assert.True(codes.Find("s_v").Prior.Mean.Equals(codes.Find("s_v").Muted.Mean));
        var ofSound = codes.Find("s_a");
        Assert.InRange((ofSound.Muted.Mean - ofSound.Muted.Mean[0]).abs().max().item<float>(), 0, 1e-6);
        Assert.False(ofSound.Muted.Mean.Equals(ofSound.Prior.Mean));
    }

    [Fact]
    public void Unchanged_codes_give_the_prediction_of_the_model_and_others_do_not()
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var clips = FakeClips.WithScenes();
        using var batch = AvsBatch.From([.. Enumerable.Range(0, 3).Select(clips.Load)], new BatchOptions(96));
        var input = model.WithEmbedding(Segmenters.InputFrom(batch, CPU, masks: false));
        var found = ((EcmvaeModel)model.Network).DecodeChanged(input,
        [
            codes => codes,
            codes => codes with { Shared = codes.Shared! with { Sample = codes.Shared.Sample + 5 } },
        ]);
        Assert.True(model.Predict(input, LatentAtTest.Mean, new ZeroNoise()).Logits.Equals(found[0]));
        Assert.False(found[0].Equals(found[1]));
    }

    [Fact]
    public void Another_model_has_no_codes()
    {
        using var other = ModelRegistry.Find("tpavi_small").Create();
        Assert.Equal("this model has no latent codes to look into, expected an ECMVAE, which has c, s_v and s_a",
            Assert.Throws<UsageException>(() => CodePass.Collect(other, FakeClips.WithScenes(), Options)).Message);
    }
}
