using Avs.Models.Fusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Fusion;

public class TpaviTests
{
    private const int Clips = 2, Frames = 3;
    private const long Channels = 8, Inner = 4, Height = 3, Width = 2;

    [Theory]
    [InlineData(true, TpaviSpan.Clip)]
    [InlineData(false, TpaviSpan.Clip)]
    [InlineData(true, TpaviSpan.Frame)]
    [InlineData(false, TpaviSpan.Frame)]
    public void Linear_form_equals_the_quadratic_form(bool training, TpaviSpan span)
    {
        using var scope = NewDisposeScope();
        // Double precision: BatchNorm in training divides by the small spread of Y and so would show float32's rounding, not ours.
        var (visual, audio, weight) = Inputs(ScalarType.Float64);
        var linear = Given.Filled(new Tpavi(Channels, Inner, span)).to(ScalarType.Float64);
        var quadratic = Given.Filled(new Tpavi(Channels, Inner, span)).to(ScalarType.Float64);
        linear.train(training);
        quadratic.train(training);

        var (visual2, audio2) = (visual.clone().requires_grad_(), audio.clone().requires_grad_());
        visual.requires_grad_();
        audio.requires_grad_();
        var ours = linear.call(visual, audio, Frames);
        var theirs = QuadraticTpavi.Forward(quadratic, visual2, audio2, span == TpaviSpan.Clip ? Frames : 1);
        (ours.Visual * weight).sum().backward();
        (theirs * weight).sum().backward();

        Assert.True(Given.Distance(ours.Visual, theirs) < 1e-9);
        Assert.True(Given.RelativeDistance(visual.grad!, visual2.grad!) < 1e-9);
        Assert.True(Given.RelativeDistance(audio.grad!, audio2.grad!) < 1e-9);
        foreach (var (mine, other) in linear.named_parameters().Zip(quadratic.named_parameters()))
            Assert.True(Given.Distance(mine.parameter.grad!, other.parameter.grad!) < 1e-9, mine.name);
        foreach (var (mine, other) in linear.named_buffers().Zip(quadratic.named_buffers()))
            Assert.True(Given.Distance(mine.buffer, other.buffer) < 1e-12, mine.name);
    }

    [Fact]
    public void Fresh_block_is_layer_norm_of_the_normalised_features()
    {
        using var scope = NewDisposeScope();
        var (visual, audio, _) = Inputs();
        var result = new Tpavi(Channels, Inner).call(visual, audio, Frames).Visual;

        var normalised = visual / (visual.square().sum(1, keepdim: true) + 1e-6).sqrt();
        var expected = nn.functional.layer_norm(normalised.permute(0, 2, 3, 1), [Channels]).permute(0, 3, 1, 2);
        Assert.True(Given.Distance(result, expected) < 1e-5);
    }

    [Fact]
    public void Channels_last_features_give_the_same_numbers()
    {
        using var scope = NewDisposeScope();
        var (visual, audio, _) = Inputs();
        var block = Given.Filled(new Tpavi(Channels, Inner));
        block.eval();
        var rows = visual.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        Assert.True(Given.Distance(block.call(rows, audio, Frames).Visual, block.call(visual, audio, Frames).Visual) < 1e-6);
    }

    [Fact]
    public void Clip_span_lets_one_frame_hear_another_and_frame_span_does_not()
    {
        using var scope = NewDisposeScope();
        var (visual, audio, _) = Inputs();
        var otherSecond = audio.clone();
        otherSecond.select(0, 2).neg_(); // the last second of the first clip
        double FirstFrameMoves(TpaviSpan span)
        {
            var block = Given.Filled(new Tpavi(Channels, Inner, span));
            block.eval();
            return Given.Distance(block.call(visual, audio, Frames).Visual.select(0, 0),
                block.call(visual, otherSecond, Frames).Visual.select(0, 0));
        }

        Assert.True(FirstFrameMoves(TpaviSpan.Clip) > 1e-4);
        Assert.Equal(0, FirstFrameMoves(TpaviSpan.Frame));
    }

    [Fact]
    public void Audio_comes_back_with_length_one()
    {
        using var scope = NewDisposeScope();
        var (visual, audio, _) = Inputs();
        var lengths = new Tpavi(Channels, Inner).call(visual, audio, Frames).Audio.square().sum(1);
        Assert.True(Given.Distance(lengths, ones_like(lengths)) < 1e-5);
    }

    [Fact]
    public void Frames_that_are_not_whole_clips_are_refused()
    {
        using var scope = NewDisposeScope();
        var (visual, audio, _) = Inputs();
        Assert.Throws<ArgumentException>(() => new Tpavi(Channels, Inner).call(visual, audio, 4));
    }

    private static (Tensor Visual, Tensor Audio, Tensor Weight) Inputs(ScalarType dtype = ScalarType.Float32) => (
        Given.Uniform(1, -1, 1, Clips * Frames, Channels, Height, Width).to(dtype),
        Given.Uniform(2, -1, 1, Clips * Frames, Channels).to(dtype),
        Given.Uniform(3, -1, 1, Clips * Frames, Channels, Height, Width).to(dtype));
}
