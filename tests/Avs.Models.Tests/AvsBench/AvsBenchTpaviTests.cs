using Avs.Models.Fusion;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Tests.AvsBench;

public class AvsBenchTpaviTests
{
    private const int Clips = 2, Frames = 3;
    private const long Channels = 8, AudioChannels = 5, Height = 3, Width = 2;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Linear_form_equals_the_quadratic_form(bool training, bool heard)
    {
        using var scope = NewDisposeScope();
        // Double precision: BatchNorm in training divides by the small spread of Y and so would show float32's rounding, not ours.
        var visual = Given.Uniform(1, -1, 1, Clips * Frames, Channels, Height, Width).to(ScalarType.Float64);
        var audio = heard ? Given.Uniform(2, 0, 1, Clips * Frames, AudioChannels).to(ScalarType.Float64) : null;
        var weight = Given.Uniform(3, -1, 1, Clips * Frames, Channels, Height, Width).to(ScalarType.Float64);
        var linear = Given.Filled(new AvsBenchTpavi(Channels, AudioChannels)).to(ScalarType.Float64);
        var quadratic = Given.Filled(new AvsBenchTpavi(Channels, AudioChannels)).to(ScalarType.Float64);
        linear.train(training);
        quadratic.train(training);

        var (visual2, audio2) = (visual.clone().requires_grad_(), audio?.clone().requires_grad_());
        visual.requires_grad_();
        audio?.requires_grad_();
        var ours = linear.call(visual, audio, Frames).Visual;
        var theirs = QuadraticAvsBenchTpavi.Forward(quadratic, visual2, audio2, Frames);
        (ours * weight).sum().backward();
        (theirs * weight).sum().backward();

        Assert.True(Given.Distance(ours, theirs) < 1e-9);
        Assert.True(Given.RelativeDistance(visual.grad!, visual2.grad!) < 1e-9);
        if (heard)
            Assert.True(Given.RelativeDistance(audio!.grad!, audio2!.grad!) < 1e-9);
        foreach (var (mine, other) in linear.named_parameters().Zip(quadratic.named_parameters()))
        {
            Assert.Equal(other.parameter.grad is null, mine.parameter.grad is null);
            if (mine.parameter.grad is { } gradient)
                Assert.True(Given.Distance(gradient, other.parameter.grad!) < 1e-9, mine.name);
        }
        foreach (var (mine, other) in linear.named_buffers().Zip(quadratic.named_buffers()))
            Assert.True(Given.Distance(mine.buffer, other.buffer) < 1e-12, mine.name);
    }

    [Fact]
    public void Fresh_block_is_layer_norm_of_the_features_as_they_are()
    {
        using var scope = NewDisposeScope();
        var visual = Given.Uniform(1, -1, 1, Frames, Channels, Height, Width);
        var result = new AvsBenchTpavi(Channels, AudioChannels).call(visual, Given.Uniform(2, 0, 1, Frames, AudioChannels), Frames).Visual;
        var expected = nn.functional.layer_norm(visual.permute(0, 2, 3, 1), [Channels]).permute(0, 3, 1, 2);
        Assert.True(Given.Distance(result, expected) < 1e-5);
    }

    [Fact]
    public void Frames_that_are_not_whole_clips_are_refused()
    {
        using var scope = NewDisposeScope();
        var visual = Given.Uniform(1, -1, 1, 4, Channels, Height, Width);
        Assert.Throws<ArgumentException>(() => new AvsBenchTpavi(Channels, AudioChannels).call(visual, null, Frames));
    }
}
