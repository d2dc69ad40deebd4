using Avs.Data.Clips;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Evaluation;

/// <summary>
/// The clips of <see cref="FakeClips"/> as AVSS would have them: each column is of a class of its own, and every second clip is twice as
/// long. The sound tells column and class.
/// </summary>
internal sealed class FakeClasses(int count) : IClipDataset
{
    public const int T = 2 * FakeClips.T, K = 4;

    private readonly FakeClips clips = FakeClips.WithoutScenes([.. Enumerable.Range(0, count).Select(i => i % 2 == 0 ? "dog" : "violin")]);

    public string Name => "fake AVSS";

    public int FramesPerClip => T;

    public IReadOnlyList<ClipInfo> Clips => clips.Clips;

    public IReadOnlyList<string> Classes => ["background", "dog", "violin", "piano"];

    public static int Class(int index) => 1 + FakeClips.Column(index) % (K - 1);

    public static int Length(int index) => index % 2 == 0 ? FakeClips.T : T;

    public Clip Load(int index)
    {
        var clip = clips.Load(index);
        var present = Length(index);
        TValue[] Repeated<TValue>(TValue[] values) => [.. values, .. present > FakeClips.T ? values : new TValue[values.Length]];
        var masks = present > FakeClips.T ? (byte[])[.. clip.Masks, .. clip.Masks] : clip.Masks;
        return new Clip(
                clip.Info, clip.Height, clip.Width, Repeated(clip.Pixels), new byte[masks.Length], [.. Enumerable.Range(0, present)],
                Repeated(clip.LogMel))
            .WithLabels(Array.ConvertAll(masks, mask => (byte)(mask * Class(index)))).WithFramesPresent(present);
    }

    public Waveform? LoadWaveform(int index) => new(
        [.. Enumerable.Range(0, Length(index) * 16000).Select(i => 0.1 * Math.Sin(0.2 * i))], 16000);

    /// <summary>Answers as a perfect model would: a column of the class that the sound tells; nothing in silence.</summary>
    public static MaskPrediction Listen(AvsInput input)
    {
        var sounds = input.LogMel!.mean([1, 2, 3]).data<float>().ToArray();
        var logits = zeros(sounds.Length, K, FakeClips.Side, FakeClips.Side);
        logits[TensorIndex.Colon, 0] = 5;
        for (var row = 0; row < sounds.Length; row++)
        {
            var column = (int)MathF.Round(sounds[row]) - 1;
            if (MathF.Abs(sounds[row] - column - 1) > 1e-3f)
                continue; // noise
            if (column is >= 0 and < FakeClips.Side)
                logits[row, 1 + column % (K - 1), TensorIndex.Colon, column] = 9;
        }
        return logits;
    }
}
