using Avs.Eval.Autoencoding;
using Avs.Models.Vae.Multimodal;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Autoencoding;

public sealed class CoherenceTests
{
    [Fact]
    public void Joint_coherence_is_the_share_of_examples_all_of_whose_modalities_agree() =>
        Assert.Equal(0.5, Coherence.ComputeJoint([[1, 2, 3, 4], [1, 2, 0, 4], [1, 2, 3, 0]]));

    [Theory]
    [InlineData(1, true, "there is only one modality")]
    [InlineData(5, false, "the set names nothing that all modalities share")]
    [InlineData(11, true, "of 11 modalities 2^11 − 2 sets can be given, too many: 10 are the most")]
    [InlineData(10, true, null)]
    public void Where_there_is_none_it_is_said_why(int modalities, bool hasShared, string? reason) =>
        Assert.Equal(reason, Coherence.WhyNone(modalities, hasShared));

    // Three modalities whose images are a single number, the class. The model copies the first that it is given to all others, but always
    // makes 0 of the last.
    [Fact]
    public void Conditional_coherence_counts_every_set_that_can_be_given()
    {
        using var scope = NewDisposeScope();
        int[] labels = [0, 1, 2, 3];
        var x = tensor(new[] { 0f, 1, 2, 3 }).view(4, 1, 1, 1);
        Tensor[] Generate(MultimodalInput given)
        {
            var first = given.Modalities.OfType<Tensor>().First();
            return [first, first, zeros_like(first)];
        }

        var counts = Coherence.CountConditional([x, x, x], labels, Generate,
            (_, images) => [.. images.flatten().data<float>().ToArray().Select(value => (int)value)]).ToArray();
        Assert.Equal(9, counts.Length); // 3 sets of one with two targets, 3 sets of two with one
        Assert.All(counts, count => Assert.Equal(count.Target == 2 ? 1 : 4, count.Right));
        // Counted in two batches, it is the same share.
        var coherence = Coherence.From(0.7, [.. counts, .. counts], 3, 8);
        Assert.Equal(0.7, coherence.Joint);
        // One given: 0 makes 1 and 2, 1 makes 0 and 2, 2 makes 0 and 1: (1 + ¼ + 1 + ¼ + 1 + 1)/6. Two: (¼ + 1 + 1)/3.
        Assert.Equal([0.75, 0.75], coherence.ByGiven.Select(share => Math.Round(share, 12)));
        Assert.Equal([1, 1, 0.25], coherence.LeaveOneOut);
    }
}
