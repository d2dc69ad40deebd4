using Avs.Models.Audio;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Audio;

public class VggishTests
{
    [Fact]
    public void Post_processor_rotates_clips_and_counts_in_eight_bits()
    {
        using var scope = NewDisposeScope();
        using var processor = new VggishPostprocessor();
        var state = processor.state_dict();
        // P swaps the first two components and doubles the third; the means are 0.5 in the first.
        var vectors = eye(128);
        vectors[0, 0] = 0;
        vectors[0, 1] = 1;
        vectors[1, 0] = 1;
        vectors[1, 1] = 0;
        vectors[2, 2] = 2;
        state["pca_eigen_vectors"].copy_(vectors);
        state["pca_means"][0, 0] = 0.5;
        var embedding = zeros([1, 128]);
        embedding[0, 0] = 1.5; // 1.0 after the mean, second component
        embedding[0, 1] = 7; // clipped to 2, first component
        embedding[0, 2] = -0.25; // -0.5

        // (v + 2)·255/4: v = 2 -> 255; 1 -> 191.25; -0.5 -> 95.625; 0 -> 127.5, which rounds to the even 128
        Assert.Equal([255, 191, 96, 128], processor.call(embedding).data<float>().ToArray()[..4]);
    }

    [Fact]
    public void Post_processor_has_the_published_names_and_no_gradient()
    {
        using var processor = new VggishPostprocessor();
        Assert.Equal(["pca_eigen_vectors", "pca_means"], processor.state_dict().Keys);
        Assert.Equal([128L, 1L], processor.state_dict()["pca_means"].shape);
        Assert.All(processor.parameters(), parameter => Assert.False(parameter.requires_grad));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Has_72_million_parameters_and_gives_no_negative_numbers()
    {
        using var scope = NewDisposeScope();
        using var network = new Vggish();
        using var noGradient = no_grad();
        Assert.Equal(72_141_184, network.parameters().Sum(parameter => parameter.numel()));
        Assert.Equal(72_141_184, AudioRegistry.Find("vggish").Parameters);
        var embedding = network.call(Given.Uniform(1, -4.5, 3, 2, 1, 96, 64));
        Assert.Equal([2L, 128L], embedding.shape);
        Assert.True(embedding.min().item<float>() >= 0);
    }

    [Fact]
    public void The_small_network_and_the_post_processor_have_the_listed_parameters()
    {
        using var small = AudioRegistry.Create("small", 128);
        using var processor = new VggishPostprocessor();
        Assert.Equal(AudioRegistry.Find("small").Parameters, small.parameters().Sum(parameter => parameter.numel()));
        Assert.Equal(AudioRegistry.Find("vggish_pca").Parameters, AudioRegistry.Find("vggish").Parameters + processor.parameters()
            .Sum(parameter => parameter.numel()));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Segmenter_uses_it_frozen_in_evaluation_mode_and_without_a_graph()
    {
        using var scope = NewDisposeScope();
        using var segmenter = new AudioVisualSegmenter(ModelRegistry.Find("tpavi_small").Config with { Audio = "vggish" });
        segmenter.train();
        var output = segmenter.call(Given.Batch(1, 1, 64));
        output.Logits.sum().backward();

        Assert.All(segmenter.named_parameters()
            .Where(entry => entry.name.StartsWith("audio.")), entry => Assert.Null(entry.parameter.grad));
        Assert.DoesNotContain(segmenter.LearnedParameters(), entry => entry.Name.StartsWith("audio."));
        Assert.False(segmenter.named_children().Single(child => child.name == "audio").module.training);
    }
}
