using Avs.Data.Audio;
using Avs.Eval.Evaluation;
using Avs.Eval.Prediction;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Prediction;

public sealed class WindowedSegmenterTests
{
    private const int Rate = LogMelFrontEnd.SampleRate;

    // Of each call: its frames by their light, and in which seconds there was sound.
    private readonly List<int[]> frames = [];
    private readonly List<bool[]> sounds = [];

    private List<(int Index, int Light)> Answers(int seconds, int window, SoundOfVideo sound)
    {
        Segmenter segmenter = input =>
        {
            // The red light of each frame, before ImageNet's mean and deviation.
            var red = input.Images.select(1, 0).mean([1, 2]).mul(0.229).add(0.485).mul(255).round(); // [N]
            frames.Add([.. red.data<float>().ToArray().Select(value => (int)value)]);
            var loud = input.LogMel!.mean([1, 2, 3]); // [N]
            sounds.Add([.. loud.data<float>().ToArray().Select(value => value > -4)]);
            return red.reshape(-1, 1, 1, 1).expand(red.shape[0], 1, 8, 8);
        };
        var answers = new List<(int, int)>();
        void Keep(int index, Tensor logits) => answers.Add((index, (int)logits.mean().ToDouble()));
        var windows = new WindowedSegmenter(segmenter, new EvaluationOptions(32), sound, window);
        for (var second = 0; second < seconds; second++)
        {
            var rgb = new byte[224 * 224 * 3];
            rgb.AsSpan().Fill((byte)(10 + second));
            windows.Add(new SampledFrame(second, rgb), second + 15.0 / 16, Keep);
        }

        windows.Finish(Keep);
        return answers;
    }

    /// <summary>Sound in the given seconds only.</summary>
    private static SoundOfVideo Sounding(int length, params int[] seconds)
    {
        var mono = new double[length * Rate];
        foreach (var second in seconds)
        {
            for (var i = 0; i < Rate; i++)
                mono[second * Rate + i] = 0.3 * Math.Sin(i * 0.3);
        }

        return new SoundOfVideo(mono, "some.wav");
    }

    [Fact]
    public void Each_second_gets_the_answer_of_its_own_frame()
    {
        var answers = Answers(10, 5, Sounding(10));
        Assert.Equal(Enumerable.Range(0, 10).Select(s => (s, 10 + s)), answers);
        Assert.Equal([[10, 11, 12, 13, 14], [15, 16, 17, 18, 19]], frames);
    }

    [Fact]
    public void The_last_window_reaches_back_over_the_one_before()
    {
        var answers = Answers(7, 5, Sounding(7));
        Assert.Equal(Enumerable.Range(0, 7).Select(s => (s, 10 + s)), answers);
        Assert.Equal([12, 13, 14, 15, 16], frames[1]);
    }

    [Fact]
    public void A_video_shorter_than_a_window_repeats_its_last_frame()
    {
        Assert.Equal([(0, 10), (1, 11)], Answers(2, 5, Sounding(2)));
        Assert.Equal([10, 11, 11, 11, 11], Assert.Single(frames));
    }

    [Fact]
    public void Each_second_of_sound_comes_with_its_own_frame()
    {
        Answers(7, 5, Sounding(7, 1, 5));
        Assert.Equal([[false, true, false, false, false], [false, false, false, true, false]], sounds);
    }

    [Fact]
    public void Where_there_is_no_sound_the_model_gets_silence()
    {
        Answers(2, 2, new SoundOfVideo([], null));
        Assert.Equal([false, false], Assert.Single(sounds));
        Assert.All(new SoundOfVideo([], null).LogMel(0, 1), value => Assert.Equal(LogMelFrontEnd.Silence, value));
    }

    [Fact]
    public void Before_the_start_of_the_sound_lies_silence()
    {
        var early = Sounding(2, 0, 1).LogMel(-1, 2);
        Assert.All(early[..6144], value => Assert.Equal(LogMelFrontEnd.Silence, value));
        Assert.True(early[6144..].Average() > -4);
    }

    [Theory]
    [InlineData(0, 1, -13.5)] // 20 log10(0.3 / sqrt 2)
    [InlineData(1, 2, -100)]
    public void Loudness_is_in_decibels_below_full_scale(double from, double to, double decibels) =>
        Assert.Equal(decibels, Sounding(2, 0).Decibels(from, to), 0.1);
}
