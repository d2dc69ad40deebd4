using Avs.Models.Ecmvae;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Ecmvae;

/// <summary>What the posterior path does with frames that have no mask.</summary>
public class SupervisionTests
{
    [Fact]
    public void Labelled_frames_only_encodes_the_annotated_frames()
    {
        using var scope = NewDisposeScope();
        var output = Forward(PosteriorSupervision.LabelledFramesOnly, FirstFrames());
        Assert.Equal([2L, 16L], output.Posterior!.Codes.Visual.Mean.shape);
        Assert.Equal([2L, 6L], output.Posterior.Information!.Mean.shape);
        Assert.Equal([0L, 3L], output.AnnotatedRows!.data<long>().ToArray());
    }

    [Theory]
    [InlineData(PosteriorSupervision.RepeatFirstMask)]
    [InlineData(PosteriorSupervision.PseudoLabel)]
    public void Stand_in_masks_let_every_frame_be_encoded(PosteriorSupervision supervision)
    {
        using var scope = NewDisposeScope();
        var output = Forward(supervision, FirstFrames());
        Assert.Equal([6L, 16L], output.Posterior!.Codes.Visual.Mean.shape);
        Assert.Null(output.AnnotatedRows);
    }

    [Fact]
    public void Posterior_of_a_labelled_frame_is_the_same_whether_or_not_the_others_are_labelled()
    {
        using var scope = NewDisposeScope();
        var model = Model(PosteriorSupervision.LabelledFramesOnly);
        model.eval();
        var all = Given.Batch(2, 3, 64);
        var rows = FirstFrames();
        var some = all with { Masks = all.Masks!.index_select(0, rows), Labelled = rows };
        var complete = model.Answer(all).Posterior!.Codes.Shared!.Mean.index_select(0, rows);
        Assert.True(Given.Distance(model.Answer(some).Posterior!.Codes.Shared!.Mean, complete) < 1e-5);
    }

    [Fact]
    public void Objective_counts_annotated_frames()
    {
        using var scope = NewDisposeScope();
        var input = Given.Batch(2, 3, 64, labelled: FirstFrames());
        var output = Model(PosteriorSupervision.LabelledFramesOnly).call(input);
        var terms = new EcmvaeObjective().Compute(output, input);
        Assert.All(terms.Named(), term => Assert.True(float.IsFinite(term.Value.item<float>()), term.Name));
    }

    [Fact]
    public void Masks_of_some_frames_without_their_rows_are_refused()
    {
        using var scope = NewDisposeScope();
        var input = Given.Batch(2, 3, 64, labelled: FirstFrames()) with { Labelled = null };
        Assert.Throws<ArgumentException>(() => Model(PosteriorSupervision.LabelledFramesOnly).call(input));
    }

    private static Tensor FirstFrames() => tensor(new long[] { 0, 3 });

    private static AudioVisualSegmenter Model(PosteriorSupervision supervision)
    {
        var network = Given.SmallNetwork with { Supervision = supervision };
        return Given.Filled(new AudioVisualSegmenter(Given.SmallSegmenter with { Network = network }));
    }

    private static EcmvaeOutput Forward(PosteriorSupervision supervision, Tensor labelled) =>
        Model(supervision).Answer(Given.Batch(2, 3, 64, labelled: labelled));
}
