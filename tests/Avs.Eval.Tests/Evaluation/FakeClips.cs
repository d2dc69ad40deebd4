using Avs.Data.Clips;
using Avs.Eval.Evaluation;

namespace Avs.Eval.Tests.Evaluation;

/// <summary>
/// A data set in memory: two frames of 8 x 8 pixels. Each clip's object is a column of its own; its sound is a constant log-mel that tells
/// the column, so that a rule can answer as a perfect model would.
/// </summary>
internal sealed class FakeClips(IReadOnlyList<ClipInfo> clips) : IClipDataset
{
    public const int Side = 8, T = 2;

    /// <summary>What an evaluation of them says of itself.</summary>
    public static EvaluationSubject Subject { get; } = new()
    {
        Run = "runs/a",
        Checkpoint = "runs/a/best.safetensors",
        Model = "listener",
        Root = "data",
        Subset = "s4",
        Split = "test",
        Device = "cpu",
        Latent = "mean",
        Samples = 1,
        Flip = false,
        ImageSize = Side,
    };

    public string Name => "fake";

    public int FramesPerClip => T;

    public IReadOnlyList<ClipInfo> Clips => clips;

    /// <summary>Three scenes of two objects; every second recording was not heard in training.</summary>
    public static FakeClips WithScenes() => new([.. Enumerable.Range(0, 6).Select(i =>
        new ClipInfo($"{i / 2:000}_{"ab"[i % 2]}", $"kind{i % 3}", Split.Test, $"scene{i / 2}") { RecordingSeen = i % 2 == 0 })]);

    /// <summary>Clips that have nothing to do with each other.</summary>
    public static FakeClips WithoutScenes(params string[] categories) =>
        new([.. categories.Select((category, i) => new ClipInfo($"clip{i}", category, Split.Test, null))]);

    /// <summary>The column of a clip's object.</summary>
    public static int Column(int index) => index % Side;

    /// <summary>The constant that is a clip's sound.</summary>
    public static float Sound(int index) => Column(index) + 1;

    public Clip Load(int index)
    {
        var masks = new byte[T * Side * Side];
        for (var row = 0; row < T * Side; row++) masks[row * Side + Column(index)] = 1;
        var logMel = new float[T * Clip.LogMelSize];
        Array.Fill(logMel, Sound(index));
        // Each picture has a grey of its own.
        var pixels = new byte[T * Side * Side * 3];
        Array.Fill(pixels, (byte)(40 * index));
        return new Clip(Clips[index], Side, Side, pixels, masks, [0, 1], logMel);
    }

    /// <summary>Two seconds of a sine, the louder the later the clip.</summary>
    public Waveform LoadWaveform(int index) =>
        new([.. Enumerable.Range(0, T * 16000).Select(i => 0.1 * (index + 1) * Math.Sin(0.2 * i))], 16000);
}
